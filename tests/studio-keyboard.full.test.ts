import { pageHeaders, studioFolder } from "@em-stellar/studio";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ServedPage, servePage } from "../packages/em-stellar/src/studio/serve-page.js";
import { hasChromium, launchChromium } from "./browser/chromium.js";
import { openProfile } from "./studio/studio-browser.js";

describe.skipIf(!hasChromium)("the studio by keyboard (needs Chromium: scripts/install-chromium.sh)", () => {
  let server: ServedPage;
  let browser: Browser;
  beforeAll(async () => {
    server = await servePage({ folder: studioFolder, port: 0, headers: pageHeaders });
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
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
});

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
