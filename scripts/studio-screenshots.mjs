// Draws the pictures of docs/studio.md: every screen of the studio, with its own example. Needs a build and Chromium
// (scripts/install-chromium.sh). A few minutes on a processor.
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodePng, phantom, previewOf } from "@em-stellar/data";
import { chromium } from "playwright-core";

const root = join(import.meta.dirname, "..");
const docs = join(root, "docs");
const executablePath = "/usr/bin/chromium";

const { test } = await phantom({ size: 256, testImages: 1 }).open({});
const newImage = join(tmpdir(), "new-cell.png");
writeFileSync(newImage, encodePng(previewOf(await test[0].image())));

const server = spawn(process.execPath, [
  join(root, "packages/em-stellar/dist/bin.js"),
  "studio",
  "--no-open",
  "--port",
  "0",
]);
const address = await new Promise((resolve) => {
  let said = "";
  server.stdout.on("data", (text) => {
    said += text;
    const found = /http:\/\/127\.0\.0\.1:\d+\//.exec(said)?.[0];
    if (found) resolve(found);
  });
});
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--no-first-run"] });
const page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
page.setDefaultTimeout(600_000);

/** A picture of the page as it is. */
async function picture(name) {
  await page.evaluate("scrollTo(0, 0)");
  await page.waitForTimeout(500);
  await page.screenshot({ path: join(docs, `studio-${name}.png`), animations: "disabled" });
  console.log(`docs/studio-${name}.png`);
}

async function fill(label, value) {
  await page.getByLabel(label, { exact: true }).fill(String(value));
  await page.keyboard.press("Tab");
}

try {
  await page.goto(address);
  await page.getByRole("button", { name: /Try the example/ }).waitFor();
  await picture("welcome");
  await page.locator(".badge summary").first().click();
  await page.locator(".badge select").selectOption("wasm");
  await page.locator(".badge summary").first().click();
  await page.getByRole("button", { name: /Try the example/ }).click();
  await page.locator(".sentences").waitFor();
  await page.locator(".stage canvas").waitFor();
  await picture("data");
  await page.goto(`${address}#/suite`);
  for (const id of ["unet-bn", "prelu-net"]) await fill(`Filters in the first layer of ${id}`, 4);
  await fill("Side of a patch, in pixels", 32);
  await fill("Steps of each training", process.argv[2] ?? 300);
  await picture("networks");
  await page.getByRole("button", { name: "Start training" }).click();
  await page.locator(".curve circle").nth(14).waitFor({ state: "attached" });
  await picture("train");
  await page.getByRole("link", { name: "See the results" }).click();
  await page.locator(".answer").waitFor();
  await picture("results");
  await page.goto(`${address}#/segment`);
  await page.getByRole("button", { name: "Use this model" }).click();
  await page.getByText("is ready on").waitFor();
  await page.locator('input[aria-label="images to segment, files"]').setInputFiles(newImage);
  await page.getByRole("button", { name: "Segment", exact: true }).click();
  await page.getByText("in this image").waitFor();
  await picture("segment");
  await page.goto(`${address}#/evaluate`);
  await page.getByRole("heading", { name: "Evaluate masks that you have" }).waitFor();
  await picture("evaluate");
} finally {
  await browser.close();
  server.kill("SIGINT");
}
