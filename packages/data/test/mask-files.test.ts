import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { binarize } from "@em-stellar/core";
import { encodePng, type MaskRule } from "@em-stellar/data";
import { imageFolder } from "@em-stellar/data/node";
import { afterEach, beforeEach, expect, it } from "vitest";

// One mask of 80 × 64 pixels, 484 of them object, as several programs write it.
const objects = 484;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "em-stellar-masks-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function objectsIn(files: readonly string[], rule: Partial<MaskRule> = {}) {
  for (const part of ["images", "masks"]) await mkdir(join(folder, part), { recursive: true });
  for (const [i, file] of files.entries()) {
    const mask = fileURLToPath(new URL(`fixtures/${file}`, import.meta.url));
    await copyFile(mask, join(folder, "masks", `${i}${extname(file)}`));
    const image = encodePng({ width: 80, height: 64, data: new Uint8Array(80 * 64) });
    await writeFile(join(folder, "images", `${i}.png`), image);
  }
  const { train, warnings } = await imageFolder(rule).open({ folder });
  const counts = [];
  for (const { mask } of train) {
    const map = await mask?.();
    counts.push(map ? binarize(map).filter(Boolean).length : undefined);
  }
  return { counts, warnings: await warnings?.() };
}

it("a mask of 0 and 1, and one with ImageJ's inverting colour table, are read by their own values", async () => {
  const { counts, warnings } = await objectsIn(["mask-0-1.png", "mask-inverting-table.png"]);
  expect(counts).toEqual([objects, objects]);
  expect(warnings).toEqual([{ code: "polarity", message: expect.stringContaining("inverting colour table") }]);
});

it.each(["mask-bool-tifffile.tif", "mask-inverting-tifffile.tif"])("%s is asked about: 0 is white", async (file) => {
  await expect(objectsIn([file])).rejects.toThrow(
    /masks\/0\.tif is object: tifffile\.py wrote it.*polarity: "as-stored"/,
  );
  expect((await objectsIn([file, "mask-0-1.png"], { polarity: "as-stored" })).counts).toEqual([objects, objects]);
});

it("a palette that shows 0 white is asked about", async () => {
  await expect(objectsIn(["mask-white-first.png"])).rejects.toThrow(/its colour table shows 0 white.*"as-shown"/);
  const files = ["mask-white-first.png", "mask-0-1.png"];
  expect((await objectsIn(files, { polarity: "as-shown" })).counts).toEqual([objects, objects]);
});
