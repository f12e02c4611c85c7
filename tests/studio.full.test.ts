import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { chosenNetwork, jobPath, type Results, resultsSchema, scoreboardOfRun } from "@em-stellar/core";
import { encodePng, phantom, previewOf, readProbabilityPng } from "@em-stellar/data";
import { pageHeaders, studioFolder } from "@em-stellar/studio";
import { unzipSync } from "fflate";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ServedPage, servePage } from "../packages/em-stellar/src/studio/serve-page.js";
import { hasChromium, launchChromium } from "./browser/chromium.js";
import { startCommand } from "./start-command.js";

/** Writes images, and masks in which the object is 0: what the studio guesses first is wrong. */
async function writeImages(folder: string): Promise<void> {
  const { train, test } = await phantom({ size: 64, trainImages: 6, testImages: 2, groups: 3 }).open({});
  for (const [part, samples] of Object.entries({ train, test })) {
    for (const sample of samples) {
      const mask = await sample.mask?.();
      const inverted = Uint8Array.from(mask?.data ?? [], (object) => (object > 0 ? 0 : 255));
      const files = {
        images: previewOf(await sample.image()),
        masks: { width: 64, height: 64, data: inverted },
      };
      for (const [kind, image] of Object.entries(files)) {
        const file = join(folder, part, kind, `${sample.id}.png`);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, encodePng(image));
      }
    }
  }
}

describe.skipIf(!hasChromium)("the studio, in Chromium (needs it: scripts/install-chromium.sh)", () => {
  let place: string;
  let server: ServedPage;
  let browser: Browser;
  let context: BrowserContext;
  const problems: string[] = [];
  beforeAll(async () => {
    place = mkdtempSync(join(tmpdir(), "em-stellar-studio-"));
    await writeImages(join(place, "cells"));
    server = await servePage({ folder: studioFolder, port: 0, headers: pageHeaders });
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    rmSync(place, { recursive: true, force: true });
  });
  beforeEach(async () => {
    context = await browser.newContext();
    context.setDefaultTimeout(120_000); // of a machine that does other things beside
    context.on("weberror", (error) => problems.push(error.error().message));
    context.on("console", (message) => {
      if (message.type() === "error") problems.push(message.text());
    });
    context.on("request", (request) => {
      const isOurs = [server.address, "blob:", "data:"].some((start) => request.url().startsWith(start));
      if (!isOurs) problems.push(`a request left the page: ${request.url()}`);
    });
  });
  afterEach(async () => {
    await context.close();
    expect(problems.splice(0)).toEqual([]);
  });

  const field = (page: Page, label: string) => page.getByLabel(label, { exact: true });

  async function fill(page: Page, label: string, value: number): Promise<void> {
    await field(page, label).fill(String(value));
    await page.keyboard.press("Tab");
  }

  async function saved(page: Page, button: string): Promise<Buffer> {
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: button, exact: true }).click();
    return readFileSync(await (await download).path());
  }

  /** Brings the images, says that 0 is the object, and chooses two tiny networks on two folds. The suite as a file. */
  async function prepare(page: Page): Promise<string> {
    await page.goto(server.address);
    await page.locator(".badge summary").first().click();
    await page.getByLabel(/^Compute on/).selectOption("wasm");
    await page.goto(`${server.address}#/data`);
    await page.locator('input[aria-label="Folder"]').setInputFiles(join(place, "cells"));
    await page.locator(".sentences").waitFor();
    // The guess is wrong, and the studio doubts it.
    expect(await page.locator(".sentences .doubt").textContent()).toContain("The object covers most of the images.");
    await page.locator("summary", { hasText: "Object in the masks" }).click();
    await page.getByLabel("0 is the object, everything else background").check();
    await page.locator(".sentences .doubt").waitFor({ state: "detached" });

    await page.goto(`${server.address}#/suite`);
    for (const id of ["unet-bn", "prelu-net"]) await fill(page, `Filters in the first layer of ${id}`, 2);
    await fill(page, "Side of a patch, in pixels", 32);
    await fill(page, "Steps of each training", 20);
    await page.locator("summary", { hasText: "The suite as a file" }).click();
    await expect.poll(() => page.locator("pre").textContent()).toContain('"steps": 20');
    return (await page.locator("pre").textContent()) ?? "";
  }

  /** Trains, with the page loaded again in the middle, and gives what the screen Results saves. */
  async function train(page: Page): Promise<Results> {
    await page.getByRole("button", { name: "Start training" }).click();
    await page.locator(".curve circle").nth(1).waitFor({ state: "attached", timeout: 600_000 });
    await page.reload();
    // It goes on by itself, from what was kept.
    await page.locator(".curve circle").nth(1).waitFor({ state: "attached" });
    await page.getByRole("link", { name: "See the results" }).click({ timeout: 600_000 });
    await page.locator(".answer").waitFor();
    return resultsSchema.parse(JSON.parse((await saved(page, "results.json")).toString()));
  }

  const scoresOf = ({ methods }: Results) => methods.map(({ name, pooled }) => ({ name, pooled }));

  it("trains on wasm to the ranking of the command line, to the last digit, and to a model that predicts the same there", async () => {
    const page = await context.newPage();
    const suite = await prepare(page);
    const results = await train(page);
    writeFileSync(join(place, "cells", "suite.json"), suite);
    const out = join(place, "run");
    await command(["run", join(place, "cells", "suite.json"), "--out", out, "--backend", "wasm", "--workers", "1"]);
    const onCommandLine = resultsSchema.parse(JSON.parse(readFileSync(join(out, "results.json"), "utf8")));
    expect(scoresOf(results)).toEqual(scoresOf(onCommandLine));
    const rows = await page.locator("table.ranking th[scope=row]").allTextContents();
    expect(rows).toHaveLength(5); // two networks, three floors
    expect(rows.slice(0, 2).every((row) => /^(unet-bn|prelu-net)/.test(row))).toBe(true);
    await predictsAlike(page, results);
  });

  /** The model that the page saves gives the command line the maps that the page has stored, to 1e-3. */
  async function predictsAlike(page: Page, results: Results): Promise<void> {
    const unpacked = mkdtempSync(join(place, "saved-"));
    for (const [path, content] of Object.entries(unzipSync(await saved(page, "Best model")))) {
      mkdirSync(join(unpacked, dirname(path)), { recursive: true });
      writeFileSync(join(unpacked, path), content);
    }
    const ran = unzipSync(await saved(page, "The whole run folder"));
    const best = chosenNetwork(scoreboardOfRun(results));
    if (!best) throw new Error("no network finished");
    const job = jobPath({ method: best.method.name, fold: best.run.fold, seed: best.run.seed });
    const maps = join(unpacked, "maps");
    const images = join(place, "cells", "test", "images");
    await command([
      "predict",
      join(unpacked, `jobs/${job}/checkpoints/jaccard`),
      images,
      "--out",
      maps,
      "--backend",
      "wasm",
    ]);
    for (const { id } of results.data.testImages) {
      const path = `${best.run.predictions}/${id}.png`;
      const ofPage = readProbabilityPng(ran[path] ?? new Uint8Array(), path);
      const ofCommand = readProbabilityPng(readFileSync(join(maps, `${id}.png`)), id);
      const apart = ofPage.data.map((value, i) => Math.abs(value - (ofCommand.data[i] ?? Number.NaN)));
      expect(Math.max(...apart) / ofPage.maximum).toBeLessThan(1e-3);
      expect(new Set(ofPage.data).size).toBeGreaterThan(10); // no constant map
    }
  }

  async function command(args: readonly string[]): Promise<void> {
    const { code, said } = await startCommand(place, args).ended;
    expect(code, said).toBe(0);
  }
});
