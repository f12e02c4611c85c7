import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createRandom, decodeText, type Results, resultsSchema } from "@em-stellar/core";
import { encodePng, phantom, previewOf } from "@em-stellar/data";
import type { Page } from "playwright-core";
import { expect } from "vitest";
import { dropFiles } from "./drop-files.js";
import { chooseDevice, saved } from "./studio-browser.js";

/** Writes images, and masks in which the object is 0: what the studio guesses first is wrong. */
export async function writeImages(folder: string): Promise<void> {
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

/** Brings the images, says that 0 is the object, and chooses two tiny networks on two folds. */
export async function prepare(
  page: Page,
  { images, device, steps }: { images: string; device: "wasm" | "webgpu"; steps: number },
): Promise<void> {
  await chooseDevice(page, device);
  await page.goto("#/data");
  await dropFiles(page.locator(".drop"), [images]);
  await page.locator(".sentences").waitFor();
  // The guess is wrong, and the studio doubts it.
  expect(await page.locator(".sentences .doubt").textContent()).toContain("The object covers most of the images.");
  await page.locator("summary", { hasText: "Object in the masks" }).click();
  await page.getByLabel("0 is the object, everything else background").check();
  await page.locator(".sentences .doubt").waitFor({ state: "detached" });

  await page.goto("#/suite");
  for (const id of ["unet-bn", "prelu-net"]) await fill(page, `Filters in the first layer of ${id}`, 2);
  await fill(page, "Side of a patch, in pixels", 32);
  await fill(page, "Steps of each training", steps);
  await page.locator("pre", { hasText: `"steps": ${steps}` }).waitFor({ state: "attached" });
  // What no field offers is changed in the file: networks of few layers start sooner on WebGPU.
  const shallow = (await suiteOf(page)).replaceAll('"depth": 3', '"depth": 1');
  const file = { name: "suite.json", mimeType: "application/json", buffer: Buffer.from(shallow) };
  await page.locator('input[aria-label="Suite"]').setInputFiles(file);
  await page.locator("pre", { hasText: '"depth": 1' }).waitFor({ state: "attached" });
  expect(await suiteOf(page)).toBe(shallow);
}

export async function fill(page: Page, label: string, value: number): Promise<void> {
  await page.getByLabel(label, { exact: true }).fill(String(value));
  await page.keyboard.press("Tab");
}

/** The suite as a file, from the screen Networks. */
export async function suiteOf(page: Page): Promise<string> {
  return (await page.locator("pre").textContent()) ?? "";
}

/** Trains, with the page loaded again in the middle, and gives what the screen Results saves. */
export async function train(page: Page): Promise<Results> {
  await page.getByRole("button", { name: "Start training" }).click();
  await page.locator(".curve circle").nth(1).waitFor({ state: "attached", timeout: 600_000 });
  await page.reload();
  // It goes on by itself, from what was kept.
  await page.locator(".curve circle").nth(1).waitFor({ state: "attached", timeout: 600_000 });
  return finish(page);
}

/** Trains, with the page loaded again so many times at random moments, none of which may lose a job that has finished. */
export async function trainWithReloads(page: Page, reloads: number): Promise<Results> {
  await page.getByRole("button", { name: "Start training" }).click();
  const random = createRandom(17);
  const shares = Array.from({ length: reloads }, () => random.next()).sort((a, b) => a - b);
  let finished: Record<string, string> = {};
  for (const share of shares) {
    // On a fast machine some of them may come after the end.
    await page.evaluate(`new Promise((resolve) => {
      const look = () => (document.querySelector(".progress progress")?.value >= ${share} ? resolve() : setTimeout(look, 20));
      look();
    })`);
    await page.waitForTimeout(random.integer(300));
    const now = await finishedJobs(page);
    expect(now).toMatchObject(finished);
    finished = now;
    await page.reload();
  }
  const results = await finish(page);
  expect(await finishedJobs(page)).toMatchObject(finished);
  return results;
}

/** Waits for the end of a benchmark and gives what the screen Results saves. */
export async function finish(page: Page): Promise<Results> {
  await page.getByRole("link", { name: "See the results" }).click({ timeout: 600_000 });
  await page.locator(".answer").waitFor();
  return resultsSchema.parse(JSON.parse(decodeText(await saved(page, "results.json"))));
}

/** What the jobs have left that are finished, by the paths of their records in the browser's storage. */
export function finishedJobs(page: Page): Promise<Record<string, string>> {
  return page.evaluate<Record<string, string>>(`(async () => {
    const found = {};
    const collect = async (folder, path) => {
      for await (const [name, handle] of folder.entries()) {
        if (handle.kind === "directory") await collect(handle, path + "/" + name);
        else if (name === "metrics.json") found[path] = await (await handle.getFile()).text();
      }
    };
    const root = await navigator.storage.getDirectory();
    await collect(await root.getDirectoryHandle("em-stellar-studio"), "");
    return found;
  })()`);
}

/** The ranking as the screen Results shows it: a row for each method. */
export function rankingOf(page: Page): Promise<string[]> {
  return page.locator("table.ranking tr:has(th[scope=row])").allTextContents();
}
