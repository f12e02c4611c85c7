import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodePng, phantom, previewOf } from "@em-stellar/data";
import { pageHeaders, studioFolder } from "@em-stellar/studio";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ServedPage, servePage } from "../packages/em-stellar/src/studio/serve-page.js";
import { hasChromium, launchChromium } from "./browser/chromium.js";
import { finish, prepare, writeImages } from "./studio/journey.js";
import { openProfile } from "./studio/studio-browser.js";

describe.skipIf(!hasChromium)("the studio by keyboard (needs Chromium: scripts/install-chromium.sh)", () => {
  let server: ServedPage;
  let browser: Browser;
  const place = mkdtempSync(join(tmpdir(), "em-stellar-keyboard-"));
  beforeAll(async () => {
    server = await servePage({ folder: studioFolder, port: 0, headers: pageHeaders });
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    rmSync(place, { recursive: true });
  });

  it("goes from the first screen to a training, says where one is, and closes what Escape closes", async () => {
    const { page, problems, context } = await openProfile(browser, server.address);
    await page.getByRole("button", { name: "Try the example" }).waitFor();

    await page.keyboard.press("Tab");
    expect(await focused(page)).toBe("Skip to the content");
    expect(await outline(page)).not.toBe("none");
    await page.keyboard.press("Enter");
    expect(await focused(page)).toBe("Which network segments your micrographs best?");
    await tabTo(page, "Try the example");
    await page.keyboard.press("Enter");
    await page.locator(".sentences").waitFor();
    expect(await focused(page)).toBe("Your images"); // the heading of the screen

    await tabTo(page, "Pixel size");
    await page.keyboard.press("Enter");
    await tabTo(page, "Width of a pixel in nanometres");
    await page.keyboard.type("5");
    await page.keyboard.press("Enter");
    await page.locator(".scale-bar").waitFor();

    await page.locator(".stage").focus();
    const before = await page.locator(".stage").getAttribute("aria-label");
    await page.keyboard.press("+");
    await expect.poll(() => page.locator(".stage").getAttribute("aria-label")).not.toBe(before);
    await page.keyboard.press("0");
    await expect.poll(() => page.locator(".stage").getAttribute("aria-label")).toBe(before);

    await page.locator(".menu summary", { hasText: "Overlay" }).focus();
    await page.keyboard.press("Enter");
    await page.getByLabel("Opacity").focus();
    const opacity = Number(await page.getByLabel("Opacity").inputValue());
    await page.keyboard.press("ArrowRight");
    expect(Number(await page.getByLabel("Opacity").inputValue())).toBeGreaterThan(opacity);
    await page.keyboard.press("Escape");
    expect(await page.getByLabel("Opacity").isVisible()).toBe(false);
    expect(await focused(page)).toBe("Overlay");

    await page.locator("main h1").focus();
    await tabTo(page, "Choose networks");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Start training" }).waitFor();
    expect(await focused(page)).toBe("Networks to compare");
    await page.keyboard.press("Tab");
    expect(await focused(page)).toMatch(/^Fast/);
    await page.keyboard.press("ArrowDown");
    await page.getByRole("heading", { name: "4 networks × 3 folds: 12 trainings of 500 steps" }).waitFor();
    expect(await focused(page)).toMatch(/^Balanced/);
    await tabTo(page, "Start training");
    expect(problems).toEqual([]);
    await context.close();
  });

  it("looks at results and keeps them, and segments with a model", async () => {
    const images = join(place, "images");
    await writeImages(images);
    const { page, problems, context } = await openProfile(browser, server.address);
    await prepare(page, { images, device: "wasm", steps: 4 });
    await page.getByRole("button", { name: "Start training" }).click();
    await finish(page);

    await page.locator("main h1").focus();
    await tabTo(page, "F1");
    await page.keyboard.press("Enter");
    await page.locator('th[aria-sort="descending"]', { hasText: "F1" }).waitFor();
    await tabTo(page, "Image, worst first");
    await tabTo(page, "Better →");
    await page.keyboard.press("Enter"); // two test images: this is the best
    expect(await focused(page)).toBe("Better →");
    await tabTo(page, "results.json");
    expect(await savedByEnter(page)).toBe("results.json");
    expect(await focused(page)).toBe("results.json");
    await tabTo(page, "Glossary");
    await page.keyboard.press("Enter");
    await page.locator("#glossary").waitFor();

    await goTo(page, "Segment", "Segment new images");
    const [firstImage = ""] = readdirSync(join(images, "test", "images"));
    await page.getByRole("button", { name: "Use this model" }).waitFor();
    await tabTo(page, "Trained in this project");
    await tabTo(page, "Use this model");
    await page.keyboard.press("Enter");
    await page.getByText(/ is ready on wasm/).waitFor();
    expect(await focused(page)).toBe("In use");
    await chooseByEnter(page, "Choose files: images to segment", join(images, "test", "images", firstImage));
    await page.locator(".stage canvas").waitFor();
    await tabTo(page, "Segment");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "All images are segmented" }).waitFor();
    expect(await focused(page)).toBe("All images are segmented");
    await tabTo(page, "Threshold");
    const threshold = () => page.evaluate<string>("document.activeElement.value").then(Number);
    const before = await threshold();
    await page.keyboard.press("ArrowRight");
    expect(await threshold()).toBeCloseTo(before + 0.01, 6);
    await tabTo(page, "Masks, PNG");
    expect(await savedByEnter(page)).toBe(firstImage);
    expect(problems).toEqual([]);
    await context.close();
  });

  it("compares masks", async () => {
    const { page, problems, context } = await openProfile(browser, server.address);
    const { truth, predictions } = await writeMasks();
    await goTo(page, "Evaluate", "Evaluate masks that you have");
    await chooseByEnter(page, "Choose a folder: the truth", truth);
    await chooseByEnter(page, "Choose a folder: the predictions", predictions);
    await tabTo(page, "How to compare");
    await page.keyboard.press("Enter");
    await tabTo(page, "Positive class of F1 and similar scores");
    await page.keyboard.press("ArrowDown");
    await tabTo(page, "Evaluate");
    await page.keyboard.press("Enter");
    await page.locator("#evaluation-ranking").waitFor();
    expect(await focused(page)).toBe("Evaluate");
    await tabTo(page, "Save the report");
    expect(await savedByEnter(page)).toBe("report.html");
    expect(problems).toEqual([]);
    await context.close();
  });

  /** True masks of two images, and the same with a threshold's mistakes. */
  async function writeMasks() {
    const [truth, predictions] = [join(place, "truth"), join(place, "predictions")];
    const { test } = await phantom({ size: 64, testImages: 2 }).open({});
    for (const sample of test) {
      const mask = await sample.mask?.();
      const image = previewOf(await sample.image());
      const object = Uint8Array.from(mask?.data ?? [], (value) => (value > 0 ? 255 : 0));
      const dark = Uint8Array.from(image.data, (value) => (value < 100 ? 255 : 0));
      for (const [folder, data] of [[truth, object] as const, [join(predictions, "dark"), dark] as const]) {
        mkdirSync(folder, { recursive: true });
        writeFileSync(join(folder, `${sample.id}.png`), encodePng({ width: 64, height: 64, data }));
      }
    }
    return { truth, predictions };
  }
});

/** Opens a screen by its link, after which its heading has the focus. */
async function goTo(page: Page, link: string, heading: string): Promise<void> {
  await page.locator("nav[aria-label=Screens] a", { hasText: link }).focus();
  await page.keyboard.press("Enter");
  await expect.poll(() => focused(page)).toBe(heading);
}

/** Tabs to a button, presses it, and answers the dialog that it opens. */
async function chooseByEnter(page: Page, button: string, files: string | string[]): Promise<void> {
  const chooser = page.waitForEvent("filechooser"); // before the way there, in which the browser is told to wait for it
  await tabTo(page, button);
  await page.keyboard.press("Enter");
  await (await chooser).setFiles(files);
  expect(await focused(page)).toBe(button);
}

/** Presses the button that has the focus, and gives the name of the file that the page saves. */
async function savedByEnter(page: Page): Promise<string> {
  const download = page.waitForEvent("download");
  await page.keyboard.press("Enter");
  return (await download).suggestedFilename();
}

/** What the focus is on, as it is called. */
function focused(page: Page): Promise<string> {
  return page.evaluate<string>(`(() => {
    const { activeElement: at } = document;
    const label = at.labels?.[0]?.textContent;
    return (at.getAttribute("aria-label") ?? label ?? at.textContent).trim();
  })()`);
}

function outline(page: Page): Promise<string> {
  return page.evaluate<string>("getComputedStyle(document.activeElement).outlineStyle");
}

/** Presses Tab until the focus is on what begins with these words; what has the focus on the way has to be seen to have it. */
async function tabTo(page: Page, words: string): Promise<void> {
  const passed: string[] = [];
  while (passed.length < 60) {
    await page.keyboard.press("Tab");
    const at = await focused(page);
    expect(await outline(page), at).not.toBe("none");
    if (at.startsWith(words)) return;
    passed.push(at);
  }
  throw new Error(`Tab does not lead to "${words}", but to ${passed.join(" · ")}`);
}
