import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasChromium, launchChromium } from "./browser/chromium.js";
import { type Served, servePrograms } from "./browser/serve-programs.js";
import { train } from "./browser/train.js";
import { root } from "./workspace.js";

describe.skipIf(!hasChromium)("in a page (needs Chromium: scripts/install-chromium.sh)", () => {
  let served: Served;
  let browser: Browser;
  beforeAll(async () => {
    const html = '<!doctype html><script type="module" src="page.js"></script>';
    served = await servePrograms({ page: join(root, "tests/browser/page.ts") }, html);
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    served?.close();
  });

  /** Calls `train` in a page of its own. */
  async function trainInPage(backend: string, options: object): Promise<Awaited<ReturnType<typeof train>>> {
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on("pageerror", ({ message }) => errors.push(message));
    await page.goto(served.address);
    await page.waitForFunction("typeof train === 'function'");
    const trained = await page.evaluate<Awaited<ReturnType<typeof train>>>(
      `train(${JSON.stringify(backend)}, ${JSON.stringify(options)})`,
    );
    expect(errors).toEqual([]);
    await page.close();
    return trained;
  }

  it("wasm trains a U-net, to the very losses that it has in Node", async () => {
    const inPage = await trainInPage("wasm", { wasmPaths: "/" });
    const inNode = await train("wasm", {});
    expect(inPage.description).toBe(inNode.description);
    expect(inNode.losses.at(-1)).toBeLessThan(inNode.losses[0] as number);
    for (const [step, loss] of inNode.losses.entries()) expect(inPage.losses[step]).toBeCloseTo(loss, 5);
  });

  it("wasm tells the memory of a training beforehand", async () => {
    const { told, held } = (await trainInPage("wasm", { wasmPaths: "/" })).memory;
    expect((told as number) / held).toBeCloseTo(1, 1);
    expect(held).toBeGreaterThan(32 * 2 ** 20);
  });

  it("webgpu trains it to the losses of wasm, on software where it is asked for", async () => {
    const inPage = await trainInPage("webgpu", { allowSoftware: true });
    const inNode = await train("wasm", {});
    expect(inPage.description).toMatch(/^webgpu \(/);
    for (const [step, loss] of inNode.losses.entries()) expect(inPage.losses[step]).toBeCloseTo(loss, 3);
  });

  it("auto takes WebGPU on a GPU, and wasm where only software plays one", async () => {
    const { description } = await trainInPage("auto", { wasmPaths: "/" });
    expect(description).toMatch(/^(wasm \(|webgpu \((?!.*software))/);
  });
});
