import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeText } from "@em-stellar/core";
import { decodeImage, encodePng, phantom, previewOf } from "@em-stellar/data";
import { unzipSync } from "fflate";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasChromium, launchChromium } from "./browser/chromium.js";
import { startCommand } from "./start-command.js";
import { violations } from "./studio/accessible.js";
import { openLargeStack, largeStack as stack, writeStack } from "./studio/large-stack.js";
import { chooseDevice, openProfile, saved } from "./studio/studio-browser.js";

describe.skipIf(!hasChromium)("the studio's uses of a model (needs Chromium: scripts/install-chromium.sh)", () => {
  let place: string;
  let model: string;
  let address: string;
  let studio: ReturnType<typeof startCommand>;
  let browser: Browser;

  async function command(args: readonly string[]): Promise<void> {
    const { code, said } = await startCommand(place, args).ended;
    expect(code, said).toBe(0);
  }

  beforeAll(async () => {
    place = mkdtempSync(join(tmpdir(), "em-stellar-segment-"));
    const suite = {
      ...{ name: "tiny", data: { id: "phantom", options: { size: 48, trainImages: 6, testImages: 2 } } },
      networks: [{ id: "unet-bn", options: { depth: 1, baseFilters: 2 } }],
      ...{ loss: "binary-cross-entropy", optimizer: "adam", metrics: ["jaccard"] },
      folds: 2,
      training: { patch: 32, batchSize: 2, steps: 30, validateEvery: 15 },
    };
    writeFileSync(join(place, "suite.json"), JSON.stringify(suite));
    await command(["run", "suite.json", "--out", "run", "--backend", "wasm", "--workers", "1"]);
    const checkpoints = join(place, "run/jobs/unet-bn/fold-0/seed-1/checkpoints");
    model = join(checkpoints, readdirSync(checkpoints)[0] ?? "");
    expect(existsSync(join(model, "model.json"))).toBe(true);

    studio = startCommand(place, ["studio", "--no-open", "--port", "0"]);
    address = await new Promise((resolve) => {
      let said = "";
      studio.child.stdout?.on("data", (text) => {
        said += text;
        const found = /http:\/\/127\.0\.0\.1:\d+\//.exec(said)?.[0];
        if (found) resolve(found);
      });
    });
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    studio?.child.kill("SIGINT");
    const ended = await studio?.ended;
    expect(ended?.code).toBe(0); // Ctrl-C is how it ends
    expect(ended?.said).toContain("The server has stopped.");
    rmSync(place, { recursive: true, force: true });
  });

  it("a model folder segments images and a stack as em-stellar predict does: maps, masks and objects", async () => {
    const images = join(place, "images");
    mkdirSync(images);
    const { test } = await phantom({ size: 70, testImages: 2 }).open({});
    for (const sample of test)
      writeFileSync(join(images, `${sample.id}.png`), encodePng(previewOf(await sample.image())));
    const sides = [
      { width: 61, height: 50 },
      { width: 61, height: 50 },
    ];
    writeStack(join(images, "stack.tif"), sides);

    const { page, problems, context } = await openProfile(browser, address);
    await chooseDevice(page, "wasm");
    await page.goto(`${address}#/segment`);
    await page.locator('input[aria-label="the folder of a model, folder"]').setInputFiles(model);
    await page.getByText("is ready on wasm").waitFor();
    await page.locator('input[aria-label="images to segment, folder"]').setInputFiles(images);
    await page.getByRole("button", { name: "Segment", exact: true }).click();
    await page.getByRole("button", { name: "All images are segmented" }).waitFor();
    await page.getByText("objects in this image").waitFor();
    expect(await violations(page)).toEqual([]);

    await command([
      "predict",
      model,
      images,
      "--out",
      "maps",
      "--backend",
      "wasm",
      "--format",
      "tiff",
      "--output",
      "both",
      "--objects",
    ]);
    for (const [button, folder] of [
      ["Probabilities, TIFF", "probability"],
      ["Masks, TIFF", "mask"],
    ] as const) {
      const files = unzipSync(await saved(page, button));
      expect(Object.keys(files).sort()).toEqual(readdirSync(join(place, "maps", folder)).sort());
      for (const [name, content] of Object.entries(files)) {
        const ours = await decodeImage(content, name);
        const theirs = await decodeImage(readFileSync(join(place, "maps", folder, name)), name);
        expect(ours.map(({ width, height }) => [width, height])).toEqual(
          theirs.map(({ width, height }) => [width, height]),
        );
        for (const [i, { data, fullRange }] of theirs.entries()) {
          const apart = [...data].map((value, at) => Math.abs(value - (ours[i]?.data[at] ?? Number.NaN)));
          expect(Math.max(...apart) / fullRange, `${name}, page ${i + 1}`).toBeLessThan(1e-3);
        }
      }
    }
    expect(decodeText(await saved(page, "Objects, CSV"))).toBe(readFileSync(join(place, "maps/objects.csv"), "utf8"));
    expect(decodeText(await saved(page, "Images, CSV"))).toBe(readFileSync(join(place, "maps/images.csv"), "utf8"));

    // A lower threshold, by keyboard: every pixel is object.
    await page.getByLabel("Threshold", { exact: true }).focus();
    await page.keyboard.press("Home");
    await page.getByText("1 object in this image").waitFor();
    expect(problems).toEqual([]);
    await context.close();
  });

  it(`a stack of ${stack.pages} pages of ${stack.side} × ${stack.side} is decoded page by page, each when it is looked at`, async ({
    annotate,
  }) => {
    const { page, problems, context } = await openProfile(browser, address);
    const seconds = await openLargeStack(page, place);
    expect(await page.evaluate("decoded")).toEqual([0]); // it is seen before any other page is decoded

    await page.getByLabel("Page", { exact: true }).focus();
    for (let turn = 0; turn < 30; turn++) await page.keyboard.press("ArrowRight");
    await page.getByText(`31 / ${stack.pages}`).waitFor();
    await expect.poll(() => page.evaluate("decoded.at(-1)")).toBe(30);
    const forth = await page.evaluate<number[]>("decoded");
    expect(new Set(forth).size).toBe(forth.length);
    expect(Math.max(...forth)).toBe(30); // none before its turn
    for (let turn = 0; turn < 30; turn++) await page.keyboard.press("ArrowLeft");
    await page.getByText(`1 / ${stack.pages}`, { exact: true }).waitFor();
    expect(await page.evaluate("decoded")).toEqual(forth); // they were kept
    const longest = await page.evaluate<number>("longest");
    await annotate(`first page seen after ${seconds.toFixed(2)} s; longest frame ${longest.toFixed(0)} ms`);
    expect(problems).toEqual([]);
    await context.close();
  });
});
