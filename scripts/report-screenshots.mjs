// Draws the pictures of reports in docs/ and the README, as they look now. Needs Chromium (scripts/install-chromium.sh), a run
// of the demo, an evaluation of the predictions that `em-stellar data cardiac` downloads and, for docs/paper.md, a run of
// examples/paper/networks-cardiac.ts, which takes an hour and may be left out:
//
//   npm start
//   npx em-stellar evaluate --truth cardiac-data/test/masks --predictions cardiac-data/released-predictions \
//     --images cardiac-data/test/images --out released-predictions
//   node scripts/report-screenshots.mjs runs/demo released-predictions examples/paper/runs/networks-cardiac-quick
import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import { asWebp } from "./as-webp.mjs";

const [demo, evaluation, paper] = process.argv.slice(2);
if (demo === undefined || evaluation === undefined) {
  throw new Error("Name the run folder of the demo and the folder of an evaluation, as the head of this file shows.");
}
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium",
  args: ["--no-sandbox", "--no-first-run"],
});

/** A report from one element (or its top) to the end of another. */
async function picture(folder, name, { from, to }) {
  const page = await browser.newPage({ viewport: { width: 1080, height: 900 } });
  await page.goto(pathToFileURL(resolve(folder, "report", "index.html")).href);
  await page.waitForTimeout(600);
  const top = from === undefined ? 0 : (await boxOf(page, from)).y - 8;
  const { y, height } = await boxOf(page, to);
  const clip = { x: 0, y: top, width: 1080, height: y + height + 8 - top };
  const file = join(import.meta.dirname, "..", "docs", `${name}.webp`);
  const png = await page.screenshot({ fullPage: true, clip, animations: "disabled" });
  writeFileSync(file, await asWebp(browser, png));
  await page.close();
  console.log(file);
}

/** Where an element is on the whole page. */
async function boxOf(page, selector) {
  return page
    .locator(selector)
    .first()
    .evaluate((element) => {
      const { top, height } = element.getBoundingClientRect();
      return { y: top + scrollY, height };
    });
}

await picture(demo, "report-ranking", { to: "#ranking .caption" });
await picture(demo, "report-pictures", { from: "#pictures", to: "#pictures .case" });
await picture(evaluation, "evaluate-ranking", { to: "#ranking .caption" });
await picture(evaluation, "evaluate-thresholds", { from: "#thresholds", to: "#thresholds figcaption" });
if (paper !== undefined) {
  await picture(paper, "paper-heatmap", { from: "#heatmap", to: "#heatmap" });
  await picture(paper, "paper-learning", { from: "#learning", to: "#learning" });
  await picture(paper, "paper-cost", { from: "#cost", to: "#cost" });
}
await browser.close();
