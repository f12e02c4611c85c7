import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pageHeaders, studioFolder } from "@em-stellar/studio";
import { transform } from "esbuild";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ServedPage, servePage } from "../packages/em-stellar/src/studio/serve-page.js";
import { hasChromium, launchChromium } from "./browser/chromium.js";
import { writeImages } from "./studio/journey.js";
import { chooseDevice, openProfile, saved } from "./studio/studio-browser.js";
import { root } from "./workspace.js";

/** Two short trainings of the plugin's network. */
const suite = {
  ...{ networks: [{ id: "plain-net", options: { filters: 2, convolutions: 1 } }], folds: 2 },
  training: { patch: 32, batchSize: 2, steps: 20, validateEvery: 2, checkpoints: ["jaccard"] },
};

describe.skipIf(!hasChromium)("plugins of the studio (need Chromium: scripts/install-chromium.sh)", () => {
  let place: string;
  let server: ServedPage;
  let browser: Browser;
  beforeAll(async () => {
    place = mkdtempSync(join(tmpdir(), "em-stellar-plugins-"));
    await writeImages(join(place, "cells"));
    const source = readFileSync(join(root, "examples/my-first-network/network.ts"), "utf8");
    writeFileSync(join(place, "network.js"), (await transform(source, { loader: "ts" })).code);
    writeFileSync(join(place, "suite.json"), JSON.stringify(suite));
    server = await servePage({ folder: studioFolder, port: 0, headers: pageHeaders });
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    rmSync(place, { recursive: true, force: true });
  });

  const menu = (page: Page) => page.locator(".project-menu summary");
  const card = (page: Page) => page.locator(".network", { hasText: "plain-net" });
  const question = (page: Page) => page.getByText("This project brings the plugin network.js, which is a program.");

  it("a plugin stays with its project: through a reload in the middle of a training, and in a saved project, where it runs only after the user agrees again", async () => {
    const { page, problems, context } = await openProfile(browser, server.address);
    await chooseDevice(page, "wasm");
    await page.goto("#/data");
    await page.locator('input[aria-label="Folder"]').setInputFiles(join(place, "cells"));
    await page.locator(".sentences").waitFor();
    await menu(page).click();
    await page.locator('input[aria-label="Plugin file"]').setInputFiles(join(place, "network.js"));
    await page.getByText("is a program. It can read and change everything").waitFor();
    await page.getByRole("button", { name: "I trust it: run it" }).click();
    await page.getByText("Adds network plain-net.").waitFor();
    await page.keyboard.press("Escape");

    await page.goto("#/suite");
    await card(page).waitFor();
    await page.locator('input[aria-label="Suite"]').setInputFiles(join(place, "suite.json"));
    await page.getByText("1 network × 2 folds: 2 trainings of 20 steps").waitFor();
    await page.getByRole("button", { name: "Start training" }).click();
    await page.locator(".curve circle").nth(1).waitFor({ state: "attached" });
    await page.reload(); // training goes on by itself, with the network of the plugin
    await page.getByRole("link", { name: "See the results" }).click();
    await page.locator("table.ranking", { hasText: "plain-net" }).waitFor();
    expect(await question(page).count()).toBe(0); // this browser has the user's word

    await menu(page).click();
    await page.getByLabel("with the images").check();
    const file = join(place, "cells.em-stellar.zip");
    writeFileSync(file, await saved(page, "Save the project"));
    expect(problems).toEqual([]);
    await context.close();

    const other = await openProfile(browser, server.address);
    await menu(other.page).click();
    await other.page.locator('input[aria-label="Project file"]').setInputFiles(file);
    await other.page.getByRole("button", { name: "Open it" }).click();
    await question(other.page).waitFor();
    await other.page.getByRole("button", { name: "Read its code" }).click();
    await other.page.locator("pre", { hasText: "plain-net" }).waitFor();
    await other.page.goto("#/suite");
    await other.page.getByText('No network named "plain-net".').first().waitFor(); // its code has not run
    await other.page.reload();
    await question(other.page).waitFor(); // and a reload is no consent
    await other.page.getByRole("button", { name: "I trust it: run it" }).click();
    await card(other.page).getByText("Parameters").waitFor();
    await question(other.page).waitFor({ state: "detached" });
    await other.page.reload();
    await card(other.page).getByText("Parameters").waitFor();
    expect(await question(other.page).count()).toBe(0);

    await menu(other.page).click();
    await other.page.getByRole("button", { name: "Remove network.js" }).click();
    await card(other.page).waitFor({ state: "detached" });
    expect(other.problems).toEqual([]);
    await other.context.close();
  });
});
