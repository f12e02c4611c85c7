import { join } from "node:path";
import { wasm } from "@em-stellar/backend-wasm";
import baselines from "@em-stellar/baselines";
import { createRegistry, memoryStore } from "@em-stellar/core";
import data from "@em-stellar/data";
import ensemble from "@em-stellar/ensemble";
import losses from "@em-stellar/losses";
import metrics from "@em-stellar/metrics";
import unets from "@em-stellar/nets-unet";
import optimizers from "@em-stellar/optimizers";
import { parseSuite, runSuite } from "@em-stellar/runner";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { hasChromium, launchChromium } from "../../tests/browser/chromium.js";
import { inputDelays } from "../../tests/browser/input-delays.js";
import { serve } from "./serve.js";
import { suiteWith, usualSteps } from "./src/suite.js";

const steps = 60;

/** The Jaccard of each method on the test images, of the page's suite on wasm in Node. */
async function scoresInNode(): Promise<Map<string, number>> {
  const registry = createRegistry(unets, losses, optimizers, metrics, ensemble, baselines, data);
  const device = await wasm().start();
  const scores = new Map<string, number>();
  const options = { registry, device, store: memoryStore() };
  for await (const event of runSuite(parseSuite(suiteWith(steps), registry), options)) {
    if (event.type !== "run-finished") continue;
    for (const { name, pooled } of event.results.methods) scores.set(name, pooled.jaccard ?? Number.NaN);
  }
  await device.dispose();
  return scores;
}

describe.skipIf(!hasChromium)("the page, in Chromium (needs it: scripts/install-chromium.sh)", () => {
  let server: Awaited<ReturnType<typeof serve>>;
  let browser: Browser;
  let context: BrowserContext;
  let expected: ReadonlyMap<string, number>;
  const problems: string[] = [];
  beforeAll(async () => {
    expected = await scoresInNode();
    server = await serve({ port: 0, conditions: ["em-stellar-source"] });
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });
  beforeEach(async () => {
    context = await browser.newContext();
    context.setDefaultTimeout(300_000); // of a machine that does other things beside
    context.on("weberror", (error) => problems.push(error.error().message));
  });
  afterEach(async () => {
    await context.close();
    expect(problems.splice(0)).toEqual([]);
  });

  async function open(): Promise<Page> {
    const page = await context.newPage();
    await page.goto(server.address);
    await page.locator("#start, #stop, #forget, #problem:not(:empty)").locator("visible=true").first().waitFor();
    return page;
  }

  async function start(page: Page, device: "auto" | "webgpu" | "wasm", count = steps): Promise<void> {
    await page.selectOption("#device", device);
    await page.fill("#steps", String(count));
    await page.click("#start");
  }

  /** Points of the curves of scores, once there are at least so many. */
  async function points(page: Page, least: number): Promise<number> {
    const dots = page.locator("#scores circle");
    await dots.nth(least - 1).waitFor({ state: "attached", timeout: 600_000 });
    return dots.count();
  }

  /** The cells of the ranking, row by row. */
  async function ranking(page: Page): Promise<string[][]> {
    await page.locator("#ranking").waitFor({ timeout: 600_000 });
    const rows = await page.locator("#ranking tbody tr").all();
    return Promise.all(rows.map((row) => row.locator("th, td").allTextContents()));
  }

  /** Milliseconds that 99 of 100 clicks wait until the page can answer them, while it trains. */
  async function inputDelay(page: Page, device: string): Promise<number> {
    const { median, high, most } = await inputDelays(page);
    expect(await page.locator("#stop").isVisible()).toBe(true); // it trained all the while
    const [middle, late, latest] = [median, high, most].map((delay) => delay.toFixed(1));
    console.log(`Input delay while training on ${device}: median ${middle} ms, 99 % ${late} ms, maximum ${latest} ms.`);
    return high;
  }

  /** What an uninterrupted run in a page ends with. */
  let uninterrupted: string[][];

  it("trains on wasm with curves that move, and ends with the ranking that Node ends with", async () => {
    const page = await open();
    await start(page, "wasm");
    const early = await points(page, 2);
    const path = page.locator("#losses path").first();
    const drawn = (await path.getAttribute("d")) ?? "";
    expect(early).toBeLessThan(20); // it is not all drawn at the end
    await page.locator("#state", { hasText: /^Training · \d+ % · about .* left$/ }).waitFor();
    const progress = /step \d+ of 60 · .* steps\/s · best 0\.\d{3}/;
    await page.locator("#trainings li", { hasText: progress }).first().waitFor();
    expect(await points(page, early + 2)).toBeGreaterThan(early);
    expect(((await path.getAttribute("d")) ?? "").length).toBeGreaterThan(drawn.length);
    uninterrupted = await ranking(page);
    expect(await page.locator("#chosen").textContent()).toMatch(/^Computes on wasm \(.*SIMD, \d threads?\)\.$/);
    expect(await points(page, 20)).toBe(20); // ten validations of two trainings
    const decoded =
      "[...document.querySelectorAll('#pictures img')].map((image) => image.decode().then(() => image.naturalWidth))";
    expect(await page.evaluate(`Promise.all(${decoded})`)).toEqual(Array(12).fill(128));

    const seen = uninterrupted.filter(({ length }) => length === 4);
    expect(seen.map(([, name = ""]) => name).sort()).toEqual([...expected.keys()].sort());
    for (const [, name = "", jaccard] of seen) expect(Number(jaccard), name).toBeCloseTo(expected.get(name) ?? 0, 2);
  });

  it("leaves the main thread free while it trains: a click waits less than 100 ms", async () => {
    const page = await open();
    await start(page, "wasm", 1500); // far more than it does meanwhile
    await points(page, 1);
    expect(await inputDelay(page, "wasm")).toBeLessThan(100);
  });

  it("stops, continues, and after reloads goes on, to the very ranking of a run without a break", async () => {
    let page = await open();
    await start(page, "wasm");
    await points(page, 3);
    await page.click("#stop");
    await page.locator("#start", { hasText: "Continue" }).waitFor();
    const stopped = await page.locator("#trainings").textContent();
    await page.waitForTimeout(1500);
    expect(await page.locator("#trainings").textContent()).toBe(stopped);
    expect(await page.locator("#state").textContent()).toMatch(/^Stopped · \d+ %$/);
    expect(await page.locator("#steps").isDisabled()).toBe(true);

    // One that was stopped waits after a reload, with its curves.
    const before = await points(page, 3);
    await page.reload();
    await page.locator("#start", { hasText: "Continue" }).waitFor();
    expect(await points(page, before)).toBe(before);
    expect(await page.inputValue("#steps")).toBe(String(steps));
    await page.click("#start");
    await points(page, before + 2);

    // One that was training goes on by itself, in another page too.
    await page.close();
    page = await open();
    const after = await points(page, before + 2);
    expect(after).toBeLessThan(20);
    expect(await page.locator("#stop").isVisible()).toBe(true);
    expect(await ranking(page)).toEqual(uninterrupted);
    expect(await points(page, 20)).toBe(20);

    // What is finished is there to be seen, pictures too, until it is to start over.
    await page.reload();
    expect(await ranking(page)).toEqual(uninterrupted);
    await page.locator("#pictures img").nth(11).waitFor();
    await page.click("#forget");
    await page.locator("#start", { hasText: "Start" }).waitFor();
    expect(await page.locator("#outcome").isVisible()).toBe(false);
    expect(await page.locator("#steps").isEnabled()).toBe(true);
    await page.reload();
    await page.locator("#start", { hasText: "Start" }).waitFor();
    expect(await page.locator("#curves").isVisible()).toBe(false);
  });

  // Not a check: EM_STELLAR_PICTURES=1 makes the picture of the README anew.
  it.runIf(process.env.EM_STELLAR_PICTURES)("is a picture", async () => {
    const page = await open();
    await page.setViewportSize({ width: 840, height: 900 });
    await start(page, "auto", usualSteps);
    await ranking(page);
    await page.locator("#pictures img").nth(11).waitFor();
    await page.screenshot({ path: join(import.meta.dirname, "page.png"), fullPage: true });
  });

  it("asks a second tab to wait, since both would write to one place", async () => {
    await open();
    const second = await open();
    expect(await second.locator("#problem").textContent()).toMatch(/open in another tab/);
    expect(await second.locator("#start").isVisible()).toBe(false);
  });

  it("says in plain words that only software plays a GPU, and trains on that where it is asked to", async () => {
    const page = await open();
    await start(page, "webgpu", 2);
    await page.locator("#problem:not(:empty)").waitFor();
    expect(await page.locator("#problem").textContent()).toMatch(/WebGPU finds no GPU, only a software adapter/);
    await page.check("#software");
    await page.click("#start");
    await page.locator("#chosen b").waitFor();
    expect(await inputDelay(page, "WebGPU")).toBeLessThan(100);
    const early = await points(page, 1);
    expect(await page.locator("#problem").textContent()).toBe("");
    expect(await points(page, early + 1)).toBeGreaterThan(early);
    const rows = await ranking(page);
    expect(await page.locator("#chosen").textContent()).toMatch(
      /^Computes on webgpu \(.*software on the processor\)\.$/,
    );
    // Floors are computed without a device: they are the same wherever networks are trained.
    const floors = ["smoothed-threshold", "otsu", "constant"].map((name) => [name, expected.get(name)?.toFixed(3)]);
    expect(rows.slice(-3).map(([, name, jaccard]) => [name, jaccard])).toEqual(floors);
  });
});
