import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DecodedImage, EmStellarError } from "@em-stellar/core";
import { decodeImage } from "@em-stellar/data";
import { createImageReader } from "@em-stellar/data/node";
import { expect, it } from "vitest";
import { damagedImage } from "./damaged-images.js";
import { attack, naming } from "./tally.js";

it.each(["png", "tif"] as const)("%s: damaged images in memory are read or refused", async (type) => {
  const { accepted, refused } = await attack(`${type} in memory`, 1500, (random) => {
    const { name, bytes } = damagedImage(type, random);
    return naming(name, () => decodeImage(bytes, name));
  });
  expect(Math.min(accepted, refused)).toBeGreaterThan(100);
});

it.each(["png", "tif"] as const)("%s: damaged images in files, page by page, are as in memory", async (type) => {
  const folder = mkdtempSync(join(tmpdir(), "em-stellar-damaged-"));
  try {
    await attack(`${type} in files`, 300, (random) => {
      const { name, bytes } = damagedImage(type, random);
      const file = join(folder, name);
      writeFileSync(file, bytes);
      return naming(name, async () => {
        const reader = createImageReader(); // a new one: it remembers headers
        const pages = await attempt(async () => {
          const images: DecodedImage[] = [];
          for (const place of await reader.findPages(file, name)) images.push(await reader.readPage(place));
          return images;
        });
        const whole = await attempt(() => decodeImage(bytes, name));
        if (pages instanceof EmStellarError !== whole instanceof EmStellarError) {
          throw new Error(`${pages} in a file, but ${whole} in memory`);
        }
        if (pages instanceof EmStellarError) throw pages;
        expect(pages).toEqual(whole);
      });
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** What comes of some work, or the error of EM-stellar's own that refuses it. */
async function attempt<T>(work: () => Promise<T>): Promise<T | EmStellarError> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof EmStellarError) return error;
    throw error;
  }
}
