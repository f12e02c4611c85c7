import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { chosenNetwork, jobPath, type Results, resultsSchema, scoreboardOfRun } from "@em-stellar/core";
import { readProbabilityPng } from "@em-stellar/data";
import { pageHeaders, studioFolder } from "@em-stellar/studio";
import { transform } from "esbuild";
import { unzipSync } from "fflate";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type ServedPage, servePage } from "../packages/em-stellar/src/studio/serve-page.js";
import { hasChromium, launchChromium } from "./browser/chromium.js";
import { startCommand } from "./start-command.js";
import { violationsOfSizes } from "./studio/accessible.js";
import { dropFiles } from "./studio/drop-files.js";
import { prepare, rankingOf, suiteOf, train, trainWithReloads, writeImages } from "./studio/journey.js";
import { openProfile, type StudioProfile, saved } from "./studio/studio-browser.js";
import { root } from "./workspace.js";

/** Every screen, and what it shows once a benchmark has finished. */
const screens = {
  welcome: "Go on with my images",
  data: "What was understood",
  suite: "GFLOP",
  train: "Finished.",
  results: "Take it with you",
  segment: "Trained in this project",
  evaluate: "What to compare",
};

describe.skipIf(!hasChromium)("the studio, in Chromium (needs it: scripts/install-chromium.sh)", () => {
  let place: string;
  let images: string;
  let server: ServedPage;
  let browser: Browser;
  beforeAll(async () => {
    place = mkdtempSync(join(tmpdir(), "em-stellar-studio-"));
    images = join(place, "cells");
    await writeImages(images);
    server = await servePage({ folder: studioFolder, port: 0, headers: pageHeaders });
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    rmSync(place, { recursive: true, force: true });
  });

  async function command(args: readonly string[]): Promise<void> {
    const { code, said } = await startCommand(place, args).ended;
    expect(code, said).toBe(0);
  }

  /** The model that the page saves gives the command line the maps that the page has stored, to 1e-3. The folder of those maps. */
  async function predictsAlike(page: Page, results: Results): Promise<string> {
    const unpacked = mkdtempSync(join(place, "saved-"));
    for (const [path, content] of Object.entries(unzipSync(await saved(page, "Best model")))) {
      mkdirSync(join(unpacked, dirname(path)), { recursive: true });
      writeFileSync(join(unpacked, path), content);
    }
    const ran = unzipSync(await saved(page, "The whole run folder"));
    const best = chosenNetwork(scoreboardOfRun(results));
    if (!best) throw new Error("no network finished");
    const job = jobPath({ method: best.method.name, fold: best.run.fold, seed: best.run.seed });
    const model = join(unpacked, `jobs/${job}/checkpoints/jaccard`);
    const maps = join(unpacked, "maps");
    await command(["predict", model, join(images, "test", "images"), "--out", maps, "--backend", "wasm"]);
    for (const { id } of results.data.testImages) {
      const path = `${best.run.predictions}/${id}.png`;
      const ofPage = readProbabilityPng(ran[path] ?? new Uint8Array(), path);
      const ofCommand = readProbabilityPng(readFileSync(join(maps, `${id}.png`)), id);
      const apart = ofPage.data.map((value, i) => Math.abs(value - (ofCommand.data[i] ?? Number.NaN)));
      expect(Math.max(...apart) / ofPage.maximum).toBeLessThan(1e-3);
      expect(new Set(ofPage.data).size).toBeGreaterThan(10); // no constant map
    }
    return maps;
  }

  /** The screen Segment gives the maps of the command line, to 1e-3, with the best model of the project. */
  async function segmentsAlike(page: Page, maps: string): Promise<void> {
    await page.goto("#/segment");
    await page.getByRole("button", { name: "Use this model" }).click();
    await page.getByText("is ready on").waitFor();
    await dropFiles(page.getByLabel("images to segment", { exact: true }), [join(images, "test", "images")]);
    await page.getByRole("button", { name: "Segment", exact: true }).click();
    await page.getByText("in this image").waitFor();
    await page.getByRole("button", { name: "All images are segmented" }).waitFor();
    const files = unzipSync(await saved(page, "Probabilities, PNG"));
    expect(Object.keys(files).sort()).toEqual(readdirSync(maps).filter((name) => name.endsWith(".png")));
    for (const [name, content] of Object.entries(files)) {
      const ofPage = readProbabilityPng(content, name);
      const ofCommand = readProbabilityPng(readFileSync(join(maps, name)), name);
      const apart = ofPage.data.map((value, i) => Math.abs(value - (ofCommand.data[i] ?? Number.NaN)));
      expect(Math.max(...apart) / ofPage.maximum).toBeLessThan(1e-3);
    }
  }

  /** One file opens in another profile as the same project: its ranking, suite and best model. */
  async function opensElsewhere(page: Page): Promise<void> {
    await page.goto("#/suite");
    await page.locator(".network").first().waitFor();
    const suite = await suiteOf(page);
    await page.goto("#/results");
    await page.locator(".answer").waitFor();
    const ranking = await rankingOf(page);
    const model = unzipSync(await saved(page, "Best model"));
    await page.locator(".project-menu summary").click();
    await page.getByLabel("with the images").check();
    const file = join(place, "cells.em-stellar.zip");
    writeFileSync(file, await saved(page, "Save the project"));

    const other = await openProfile(browser, server.address);
    await other.page.locator(".project-menu summary").click();
    await other.page.locator('input[aria-label="Project file"]').setInputFiles(file);
    await other.page.getByRole("button", { name: "Open it" }).click();
    await other.page.getByText(screens.welcome).waitFor();
    await other.page.goto("#/suite");
    await expect.poll(() => suiteOf(other.page)).toBe(suite);
    await other.page.goto("#/results");
    await other.page.locator(".answer").waitFor();
    expect(await rankingOf(other.page)).toEqual(ranking);
    expect(unzipSync(await saved(other.page, "Best model"))).toEqual(model);
    expect(other.problems).toEqual([]);
    await other.context.close();
  }

  const scoresOf = ({ methods }: Results) => methods.map(({ name, pooled }) => ({ name, pooled }));

  describe("with a benchmark that was trained on wasm, and loaded again ten times", () => {
    let profile: StudioProfile;
    let page: Page;
    let suite: string;
    let results: Results;
    beforeAll(async () => {
      profile = await openProfile(browser, server.address);
      page = profile.page;
      await prepare(page, { images, device: "wasm", steps: 100 });
      suite = await suiteOf(page);
      results = await trainWithReloads(page, 10);
    });
    afterEach(() => expect(profile.problems.splice(0)).toEqual([]));
    afterAll(() => profile?.context.close());

    it("has the ranking of the command line, to the last digit", async () => {
      writeFileSync(join(images, "suite.json"), suite);
      const out = join(place, "run");
      const { threads } = results.environment; // which share the sums out: their last digits depend on how many they are
      const wasm = ["--backend", "wasm", "--backend-option", `threads=${threads}`, "--workers", "1"];
      await command(["run", join(images, "suite.json"), "--out", out, ...wasm]);
      const onCommandLine = resultsSchema.parse(JSON.parse(readFileSync(join(out, "results.json"), "utf8")));
      expect(scoresOf(results)).toEqual(scoresOf(onCommandLine));
      expect(results.environment.device).toMatch(/^wasm \(.*\d threads\)/);
      const rows = await rankingOf(page);
      expect(rows).toHaveLength(5); // two networks, three floors
      expect(rows.slice(0, 2).every((row) => /^\d?(unet-bn|prelu-net)/.test(row))).toBe(true);
    });

    it("saves the best model, which predicts the same on the command line", async () => {
      await predictsAlike(page, results);
    });

    it.each(["light", "dark"] as const)(
      "axe-core finds nothing wrong with any screen, %s, on a phone, enlarged by 200 % or wide",
      async (colorScheme) => {
        await page.emulateMedia({ colorScheme });
        const links = await page.locator("nav[aria-label=Screens] a").evaluateAll((all) => all.map((a) => a.hash));
        expect(["#/welcome", ...links]).toEqual(Object.keys(screens).map((id) => `#/${id}`));
        const found: Record<string, readonly string[]> = {};
        for (const [id, words] of Object.entries(screens)) {
          await page.goto(`#/${id}`);
          await page.locator("main").getByText(words).first().waitFor();
          // What is folded is looked at too.
          await page.evaluate('for (const each of document.querySelectorAll("main details")) each.open = true');
          found[id] = await violationsOfSizes(page);
        }
        await page.locator(".project-menu summary").click();
        await page.locator(".badge summary").first().click();
        found.menus = await violationsOfSizes(page);
        expect(found).toEqual(Object.fromEntries(Object.keys(found).map((id) => [id, []])));
        await page.reload(); // closes what is open
      },
    );

    it("takes a network from a file, and counts what it costs", async () => {
      const source = readFileSync(join(root, "examples/my-first-network/network.ts"), "utf8");
      const { code } = await transform(source, { loader: "ts" });
      writeFileSync(join(place, "network.js"), code);
      await page.goto("#/suite");
      await page.locator(".network").first().waitFor();
      await page.locator(".project-menu summary").click();
      await page.locator('input[aria-label="Plugin file"]').setInputFiles(join(place, "network.js"));
      await page.getByRole("button", { name: "I trust it: run it" }).click();
      await page.getByText("network plain-net").waitFor();
      await page.locator(".project-menu summary").click();
      const card = page.locator(".network", { hasText: "plain-net" });
      await card.getByRole("checkbox").check();
      // 9 × 8 + 8, three times 9 × 8 × 8 + 8, four times 4 × 8 of batch norm, and 8 + 1 of the head.
      await card.getByText("1969", { exact: true }).waitFor();
    });
  });

  it("in one session on WebGPU: trains, is loaded again in the middle, predicts as the command line does, and opens elsewhere", async () => {
    const { page, problems, context } = await openProfile(browser, server.address);
    await prepare(page, { images, device: "webgpu", steps: 10 });
    const results = await train(page);
    expect(results.environment.device).toMatch(/^webgpu \(/);
    expect(await rankingOf(page)).toHaveLength(5); // two networks, three floors
    await segmentsAlike(page, await predictsAlike(page, results));
    await opensElsewhere(page);
    expect(problems).toEqual([]);
    await context.close();
  });
});
