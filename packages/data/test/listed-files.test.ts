import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { encodePng, imageFolderOf, imageFormats, imageStackOf, listedFiles } from "@em-stellar/data";
import { imageFolder } from "@em-stellar/data/node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findFiles } from "../src/node/find-files.js";

const paths = [
  "train/A/x1.png",
  "train/A/x2.png",
  "train/B/x10.png",
  "train/masks/x1_mask.png",
  "one.png",
  "notes.txt",
];
const square = { width: 16, height: 16, data: Uint8Array.from({ length: 256 }, (_, i) => (i < 100 ? 255 : 0)) };

/** What a page gets of a file that lies on the disk. */
function blobOf(file: string): Blob {
  return new Blob([new Uint8Array(readFileSync(file))]);
}

describe("files that a page was given", () => {
  let folder: string;
  const files = () => listedFiles(new Map(paths.map((path) => [path, blobOf(join(folder, path))])));
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "em-stellar-listed-"));
    for (const path of paths) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), encodePng(square));
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(["train/A", "train/*/*", "train/**/*.png", "**/x?.png", "train/A/x1.png", "one.png", "train/*/x1*.png"])(
    "%s finds the files, and names them, as it does on a disk",
    async (pattern) => {
      const found = await files().find(pattern, undefined, "images", imageFormats);
      expect(found).toEqual(await findFiles(pattern, folder, "images"));
      expect(found.length).toBeGreaterThan(0);
    },
  );

  it("says what there is where a pattern finds nothing", async () => {
    await expect(files().find("masks/*", undefined, "masks", imageFormats)).rejects.toThrow(
      'masks: "masks/*" finds no PNG or TIFF file. There are 6 files, such as train/A/x1.png',
    );
  });

  it("are a data set of the same pixels as on a disk", async () => {
    const options = { images: "train/A/x1.png", masks: "train/masks/*" };
    const [given] = (await imageFolderOf(files())(options).open({})).train;
    const [onDisk] = (await imageFolder(options).open({ folder })).train;
    expect(given?.id).toBe(onDisk?.id);
    expect(await given?.image()).toEqual(await onDisk?.image());
    expect(await given?.mask?.()).toEqual(await onDisk?.mask?.());
  });

  it("names a stack that is not there", async () => {
    await expect(imageStackOf(files())({ images: "stack.tif", masks: "one.png" }).open({})).rejects.toThrow(
      "There is no stack.tif among the files of this page.",
    );
  });
});
