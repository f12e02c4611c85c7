// Draws the pictures of docs/studio.md: every screen of the studio, with its own example. Needs a build and Chromium
// (scripts/install-chromium.sh). A few minutes on a processor.
//
//   node scripts/studio-screenshots.mjs                  the pictures of the page, as WebP into docs/
//   node scripts/studio-screenshots.mjs --look FOLDER    every screen, wide and narrow, light and dark, with empty screens
//                                                        and errors, as PNG into FOLDER: to look through before a change lands
//   --steps N   so many steps of small networks, instead of the suite that the studio proposes
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { encodePng, phantom, previewOf } from "@em-stellar/data";
import { chromium } from "playwright-core";
import { asWebp } from "./as-webp.mjs";

const { values } = parseArgs({ options: { look: { type: "string" }, steps: { type: "string" } } });
const root = join(import.meta.dirname, "..");
const folder = values.look ?? join(root, "docs");
mkdirSync(folder, { recursive: true });
const executablePath = "/usr/bin/chromium";
const wide = { width: 1280, height: 900 };
const narrow = { width: 390, height: 844 };

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

async function open() {
  const page = await (await browser.newContext({ viewport: wide })).newPage();
  page.setDefaultTimeout(300_000);
  await page.goto(address);
  await page.getByRole("button", { name: /Try the example/ }).waitFor();
  return page;
}

/** A screen as it is now: for the page of docs, or in every form to look through. */
async function picture(page, name, { height = wide.height } = {}) {
  await page.evaluate("document.activeElement?.blur()");
  if (values.look === undefined) return save(page, name, "light", { ...wide, height });
  for (const size of [wide, narrow]) for (const scheme of ["light", "dark"]) await save(page, name, scheme, size);
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(wide);
}

async function save(page, name, colorScheme, size, part) {
  await page.emulateMedia({ colorScheme });
  await page.setViewportSize(size);
  // No bar to scroll with is drawn: nor is room left for it.
  await page.evaluate("document.documentElement.style.scrollbarGutter = 'auto'; scrollTo(0, 0)");
  await page.waitForTimeout(600);
  const png = await (part === undefined ? page : page.locator(part)).screenshot({
    animations: "disabled",
    ...(part === undefined && { fullPage: values.look !== undefined }),
  });
  const file =
    values.look === undefined
      ? `studio-${name}.webp`
      : `${name}-${size === wide ? "wide" : "narrow"}-${colorScheme}.png`;
  writeFileSync(join(folder, file), values.look === undefined ? await asWebp(browser, png) : png);
  console.log(join(folder, file));
}

async function fill(page, label, value) {
  await page.getByLabel(label, { exact: true }).fill(String(value));
  await page.keyboard.press("Tab");
}

async function chooseProcessor(page) {
  await page.locator(".badge summary").first().click();
  await page.locator(".badge select").selectOption("wasm");
  await page.locator(".badge summary").first().click();
}

/** The way through a first project. */
async function firstProject() {
  const page = await open();
  await picture(page, "welcome", { height: 750 });
  await chooseProcessor(page);
  await page.getByRole("button", { name: /Try the example/ }).click();
  await page.locator(".sentences").waitFor();
  await page.locator(".stage canvas").waitFor();
  await page.locator(".thumbnail canvas").nth(3).waitFor();
  await picture(page, "data");
  await page.goto(`${address}#/suite`);
  if (values.steps !== undefined) {
    for (const id of ["unet-bn", "prelu-net"]) await fill(page, `Filters in the first layer of ${id}`, 4);
    await fill(page, "Side of a patch, in pixels", 32);
    await fill(page, "Steps of each training", values.steps);
  }
  await page.locator(".costs", { hasText: "GFLOP" }).nth(1).waitFor();
  await picture(page, "networks");
  await page.getByRole("button", { name: "Start training" }).click();
  await page.locator(".curve circle").nth(25).waitFor({ state: "attached" });
  await picture(page, "train", { height: 1080 });
  if (values.look === undefined) await save(page, "train-phone", "dark", narrow);
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(wide);
  await page.getByRole("link", { name: "See the results" }).click();
  await page.locator(".answer").waitFor();
  await page.locator(".stage canvas").waitFor();
  await picture(page, "results");
  if (values.look === undefined)
    await save(page, "results-pictures", "light", wide, "section[aria-labelledby=pictures-title]");
  await page.goto(`${address}#/segment`);
  await page.getByRole("button", { name: "Use this model" }).click();
  await page.getByText("is ready on").waitFor();
  await page.locator('input[aria-label="images to segment, files"]').setInputFiles(newImage);
  await page.getByRole("button", { name: "Segment", exact: true }).click();
  await page.getByText("in this image").waitFor();
  await picture(page, "segment", { height: 1080 });
  await page.goto(`${address}#/evaluate`);
  await page.getByRole("heading", { name: "Evaluate masks that you have" }).waitFor();
  if (values.look !== undefined) await picture(page, "evaluate-empty");
  const compared = await toCompare();
  for (const [what, name] of Object.entries({ truth: "the truth", predictions: "the predictions" }))
    await page.locator(`input[aria-label="${name}, folder"]`).setInputFiles(join(compared, what));
  await page.getByRole("button", { name: "Evaluate", exact: true }).click();
  await page.locator("#evaluation-ranking").waitFor();
  await picture(page, "evaluate");
  await page.context().close();
}

/** Masks, and what two thresholds make of their images. */
async function toCompare() {
  const place = mkdtempSync(join(tmpdir(), "em-stellar-compared-"));
  const { test: samples } = await phantom({ size: 128, testImages: 8 }).open({});
  for (const sample of samples) {
    const [image, mask] = [previewOf(await sample.image()), await sample.mask()];
    const truth = { ...image, data: Uint8Array.from(mask.data, (object) => (object > 0 ? 255 : 0)) };
    const below = (limit) => ({ ...image, data: image.data.map((grey) => (grey < limit ? 255 : 0)) });
    const all = { truth, "predictions/threshold-90": below(90), "predictions/threshold-120": below(120) };
    for (const [folder, picture] of Object.entries(all)) {
      mkdirSync(join(place, folder), { recursive: true });
      writeFileSync(join(place, folder, `${sample.id}.png`), encodePng(picture));
    }
  }
  return place;
}

/** What people see before they have brought anything, and where something is wrong. */
async function emptyAndWrong() {
  const page = await open();
  for (const screen of ["data", "suite", "train", "results", "segment"]) {
    await page.goto(`${address}#/${screen}`);
    await page.locator("main h1").waitFor();
    await picture(page, `${screen}-empty`);
  }
  await page.goto(`${address}#/data`);
  const png = (name, buffer) => ({ name, mimeType: "image/png", buffer });
  const good = Buffer.from(encodePng(previewOf(await test[0].image())));
  await page
    .locator('input[aria-label="Files"]')
    .setInputFiles([png("cell-01.png", good), png("cell-02.png", Buffer.from("no picture")), png("cell-03.png", good)]);
  await page.getByText("cannot be used").first().waitFor();
  await picture(page, "data-wrong");
  await page.context().close();
  await notStarted();
}

/** A graphics processor that is not there. */
async function notStarted() {
  const page = await open();
  await page.locator(".badge summary").first().click();
  await page.locator(".badge select").selectOption("webgpu");
  await page.locator(".badge summary").first().click();
  await page.getByRole("button", { name: /Try the example/ }).click();
  await page.locator(".sentences").waitFor();
  await page.goto(`${address}#/suite`);
  await page.locator("main .problem").first().waitFor();
  await picture(page, "networks-no-device");
  await page.getByRole("button", { name: "Start training" }).click();
  await page.locator("main .problem").first().waitFor();
  await picture(page, "train-no-device");
  await page.context().close();
}

try {
  await firstProject();
  if (values.look !== undefined) await emptyAndWrong();
} finally {
  await browser.close();
  server.kill("SIGINT");
}
