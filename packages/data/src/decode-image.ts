import type { DecodedImage } from "@em-stellar/core";
import { bytesSource } from "./formats/byte-sources.js";
import { imageFormats } from "./formats/image-formats.js";
import { openImageFile } from "./formats/open-image-file.js";

/**
 * Every image of a file in memory, one for each page, by the formats of this package. Values are read as they are stored;
 * signed numbers, and whole ones of more than 16 bits that floats hold exactly, become 32-bit floats. Throws `InputError`
 * naming the file where it is damaged, holds NaN or infinity, or has an alpha channel that is not opaque.
 */
export async function decodeImage(bytes: Uint8Array, name: string): Promise<DecodedImage[]> {
  const { pages, read } = await openImageFile(bytesSource(bytes, name), imageFormats);
  const images: DecodedImage[] = [];
  for (const index of pages.keys()) images.push(await read(index));
  return images;
}
