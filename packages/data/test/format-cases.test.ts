import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type DecodedImage, InputError } from "@em-stellar/core";
import { decodeImage, toGrey } from "@em-stellar/data";
import { createImageReader } from "@em-stellar/data/node";
import { describe, expect, it } from "vitest";

// Small files of kinds that were misread, or refused without need; the values were read by tifffile, Pillow or libvips.
const folder = fileURLToPath(new URL("cases/", import.meta.url));
const bytesOf = (name: string) => new Uint8Array(readFileSync(folder + name));
const expected: Record<string, { pages: number; values: string }> = JSON.parse(
  readFileSync(`${folder}expected.json`, "utf8"),
);

const refused: Record<string, RegExp> = {
  "a07-animated-png.png": /is an animated PNG of 4 frames/,
  "a13-png-ends-within-its-last-row.png": /corrupt or truncated PNG \(a piece of the image has 3080 of 3120 bytes\)/,
  "b03-next-directory-beyond-the-end.tif": /ends at byte 3194, within the description of page 2/,
  "b08-second-channel-not-alpha.tif": /has 2 channels in each pixel, such as the probabilities of two classes/,
  "b11-float64-beyond-float32.tif": /holds numbers as large as 1e\+300, and 32-bit floats end at 3\.4e38/,
  "c03-jpeg2000.tif": /with JPEG 2000 compression/,
  "c03-jpegxl.tif": /with JPEG XL compression/,
  "c03-lzma.tif": /with LZMA compression/,
  "c06-orientation-4.tif": /with rotated pixels \(orientation 4\)/,
};

/** Both ways to read a file: from memory, and page by page from the disk. */
const readers: Record<string, (name: string) => Promise<DecodedImage[]>> = {
  "in memory": (name) => decodeImage(bytesOf(name), name),
  "page by page": async (name) => {
    const reader = createImageReader();
    const images: DecodedImage[] = [];
    for (const place of await reader.findPages(folder + name, name)) images.push(await reader.readPage(place));
    return images;
  },
};

function hashOf(images: readonly DecodedImage[], name: string): string {
  const hash = createHash("sha256");
  for (const image of images) {
    const { data } = image.channels === 1 && !image.palette ? image : toGrey(image, name);
    hash.update(new Uint8Array(Float64Array.from(data).buffer));
  }
  return hash.digest("hex");
}

describe.each(Object.entries(readers))("read %s", (_, read) => {
  it.each(Object.keys(expected).filter((name) => !refused[name]))(
    "%s has the values that other programs read",
    async (name) => {
      const images = await read(name);
      expect(images).toHaveLength(expected[name]?.pages ?? 0);
      expect(hashOf(images, name)).toBe(expected[name]?.values);
    },
  );

  it.each(Object.entries(refused))("%s is refused in true words", async (name, words) => {
    await expect(read(name)).rejects.toThrow(InputError);
    await expect(read(name)).rejects.toThrow(words);
  });

  it("files whose metadata is damaged, and whole numbers of 64 bits, are as the original", async () => {
    const [original] = await read("original.png");
    const values = [...(original?.data ?? [])];
    expect(values).toHaveLength(33 * 21);
    for (const name of [
      "icc-damaged.png",
      "text-empty-keyword.png",
      "text-long-keyword.png",
      "int64.tif",
      "uint64.tif",
    ]) {
      const [image] = await read(name);
      expect([...(image?.data ?? [])], name).toEqual(values);
    }
  });

  it("tiles that are not stored are 0", async () => {
    const [image] = await read("sparse-tiles.tif");
    expect([...(image?.data ?? [])]).toEqual(
      Array.from({ length: 64 * 64 }, (_, i) => (i % 64 < 16 && i < 16 * 64 ? 200 : 0)),
    );
  });
});

it("every file of the folder is looked at", () => {
  const others = readdirSync(folder).filter((name) => !expected[name] && name !== "expected.json");
  expect(others).toHaveLength(7);
});
