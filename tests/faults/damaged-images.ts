import type { Random } from "@em-stellar/core";
import { imageFiles, type TestFile } from "./image-files.js";
import { mutateBytes, oneOf } from "./mutate-bytes.js";
import { mutatePng } from "./mutate-png.js";

/** A damaged PNG or TIFF made of the small images of the tests, under the name of the first of them. */
export function damagedImage(type: "png" | "tif", random: Random): TestFile {
  const files = imageFiles(type);
  const { name, bytes } = oneOf(files, random);
  const other = oneOf(files, random).bytes;
  // Bytes alone seldom get past the checksums of a PNG.
  const mutate = type === "png" && random.integer(4) > 0 ? mutatePng : mutateBytes;
  return { name, bytes: mutate(bytes, other, random) };
}
