import { createHash } from "node:crypto";
import { createRandom, type DecodedImage } from "@em-stellar/core";
import { damagedImage } from "./damaged-images.js";
import type { TestFile } from "./image-files.js";

/** Damaged images of each format that libpng, tifffile and libtiff have read: scripts/golden/damaged-images.py. */
export const referenceTries = 14_000;

/** The damaged image of a try, the same on every machine. */
export function referenceImage(type: "png" | "tif", index: number): TestFile {
  return damagedImage(type, createRandom(`reference/${type}/${index}`));
}

/**
 * What stands for all values of a file: the first 4 bytes of a SHA-256 over width, height and channels of each page and its
 * values as 64-bit floats. Palettes are looked up, and greys of less than 8 bits spread to 0 … 255, as libpng does.
 */
export function hashOfImages(images: readonly DecodedImage[], spread: boolean): string {
  const hash = createHash("sha256");
  for (const image of images) {
    const { width, height, data, palette, fullRange } = image;
    hash.update(`${width} ${height} ${palette ? 3 : image.channels}\n`);
    const factor = spread && fullRange < 255 ? 255 / fullRange : 1;
    const values = palette
      ? Float64Array.from([...data].flatMap((index) => palette[index] as readonly number[])) // within: ours refuses others
      : Float64Array.from(data, (value) => value * factor);
    hash.update(new Uint8Array(values.buffer));
  }
  return hash.digest("hex").slice(0, 8);
}
