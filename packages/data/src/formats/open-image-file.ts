import { type ByteSource, type DecodedImage, type ImageFile, type ImageFormat, InputError } from "@em-stellar/core";
import { pageName } from "./page-name.js";

const headBytes = 64;

/**
 * Opens an image file by the first of the formats that recognises its first bytes; its name does not matter. Reads the header
 * only. Throws `InputError`, which names the source, where no format knows it or its header is damaged; so does `read` for
 * pixels that are damaged, NaN or infinite.
 */
export async function openImageFile(source: ByteSource, formats: readonly ImageFormat[]): Promise<ImageFile> {
  const head = await source.read(0, Math.min(headBytes, source.size));
  const format = formats.find((each) => each.recognise(head));
  if (!format) {
    const names = formats.map(({ id }) => id.toUpperCase());
    const not = names.length === 2 ? `neither ${names[0]} nor ${names[1]}` : `none of ${names.join(", ")}`;
    throw new InputError(
      `${source.name} is ${whatItIs(head)}, ${not}. Convert it to ${names.slice(0, 2).join(" or ")}.`,
    );
  }
  const { pages, read } = await format.open(source);
  return {
    pages,
    async read(index, window) {
      const page = pages[index];
      if (!page) throw new RangeError(`${source.name} has ${pages.length} pages; there is no page ${index + 1}.`);
      const name = pageName(source.name, index, pages.length);
      if (window) {
        const { x, y, width, height } = window;
        if (!(x >= 0 && y >= 0 && width > 0 && height > 0 && x + width <= page.width && y + height <= page.height)) {
          throw new RangeError(
            `${name} has ${page.width} × ${page.height} pixels; there is no window of ${width} × ${height} at x = ${x}, y = ${y}.`,
          );
        }
      }
      return requireFinite(await read(index, window), name, window?.x ?? 0, window?.y ?? 0);
    },
  };
}

function requireFinite(image: DecodedImage, name: string, left: number, top: number): DecodedImage {
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
    `${name} holds ${data[first]} at x = ${left + (pixel % width)}, y = ${top + Math.floor(pixel / width)}; ${bad} of its ${data.length} values are not finite numbers. Replace them (by 0, or by the mean of their neighbours) and save the image again.`,
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
