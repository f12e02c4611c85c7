import { InputError } from "@em-stellar/core";
import type { DecodedImage, ImagePage } from "./decoded-image.js";
import { openPng } from "./png/png.js";
import { openTiff } from "./tiff/tiff.js";

/**
 * The images of a PNG or TIFF file (told apart by their first bytes), without decoding pixels.
 * Throws `InputError` naming the file where its headers are damaged or it is something else.
 */
export function openImage(bytes: Uint8Array, name: string): ImagePage[] {
  const [a, b, c, d] = bytes;
  let pages: ImagePage[];
  if (a === 0x89 && b === 0x50 && c === 0x4e && d === 0x47) pages = [openPng(bytes, name)];
  else if ((a === 0x49 && b === 0x49) || (a === 0x4d && b === 0x4d)) pages = openTiff(bytes, name);
  else throw new InputError(`${name} is ${whatItIs(bytes)}, neither PNG nor TIFF. Convert it to PNG or TIFF.`);
  return pages.map((page, index) => ({
    ...page,
    read: () => requireFinite(page.read(), pages.length > 1 ? `${name} (page ${index + 1})` : name),
  }));
}

/**
 * Every image of a PNG or TIFF file, one for each TIFF page. Bit depths 1 to 16 and 32-bit floats are read as stored;
 * signed and 32-bit integers become floats. Throws `InputError` naming the file where it is damaged, holds NaN or infinity,
 * or has an alpha channel that is not opaque.
 */
export function decodeImage(bytes: Uint8Array, name: string): DecodedImage[] {
  return openImage(bytes, name).map((page) => page.read());
}

function requireFinite(image: DecodedImage, name: string): DecodedImage {
  const { data, width, channels } = image;
  if (!(data instanceof Float32Array)) return image;
  let bad = 0;
  let first = -1;
  for (let i = 0; i < data.length; i++) {
    if (!Number.isFinite(data[i])) {
      bad++;
      if (first < 0) first = i;
    }
  }
  if (bad === 0) return image;
  const pixel = Math.floor(first / channels);
  throw new InputError(
    `${name} holds ${data[first]} at x = ${pixel % width}, y = ${Math.floor(pixel / width)}; ${bad} of its ${data.length} values are not finite numbers. Replace them (by 0, or by the mean of their neighbours) and save the image again.`,
  );
}

function whatItIs(bytes: Uint8Array): string {
  if (bytes.length === 0) return "empty";
  const [a, b, c] = bytes;
  if (a === 0xff && b === 0xd8 && c === 0xff) return "a JPEG image (its compression alters the pixels)";
  if (a === 0x47 && b === 0x49 && c === 0x46) return "a GIF image";
  if (a === 0x42 && b === 0x4d) return "a BMP image";
  if (a === 0x89 && b === 0x48 && c === 0x44) return "an HDF5 file";
  if (a === 0x1f && b === 0x8b) return "a gzip archive";
  if (a === 0x50 && b === 0x4b) return "a zip archive";
  const start = [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
  return `a file that begins with ${start}`;
}
