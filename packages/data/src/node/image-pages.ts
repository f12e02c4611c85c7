import { open } from "node:fs/promises";
import { InputError } from "@em-stellar/core";
import { openImage } from "../decode-image.js";
import type { DecodedImage } from "../decoded-image.js";
import { TiffFile } from "./tiff-pages.js";

/** Where one image lies: a file, or a page of a TIFF. A plain value, which may be sent to a worker. */
export interface ImagePlace {
  /** Absolute path of the file. */
  readonly file: string;
  /** For messages: `stack.tif (page 3)`. */
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /** Byte at which a TIFF describes the page; `null` for a PNG. */
  readonly directory: number | null;
}

/**
 * The images of a PNG or TIFF file, of which only headers are read: a stack of any length takes no memory. `name` is what
 * messages call the file. Throws `InputError` where it cannot be read or is something else.
 */
export async function findPages(file: string, name = file): Promise<ImagePlace[]> {
  return reading(file, name, async (handle) => {
    const head = new Uint8Array(64);
    const { bytesRead } = await handle.read(head, 0, head.length, 0);
    const start = head.subarray(0, bytesRead);
    if (!isTiff(start)) {
      return openImage(start, name).map(({ width, height }) => ({ file, name, width, height, directory: null }));
    }
    const pages = await new TiffFile(handle, name).pages();
    return pages.map(({ width, height, directory }, i) => ({
      file,
      name: pages.length > 1 ? `${name} (page ${i + 1})` : name,
      width,
      height,
      directory,
    }));
  });
}

/** Decodes one image; of a stack, only its own page is read. Throws `InputError` naming it where it cannot be used. */
export async function readPage({ file, name, width, height, directory }: ImagePlace): Promise<DecodedImage> {
  return reading(file, name, async (handle) => {
    const bytes =
      directory === null
        ? new Uint8Array(await handle.readFile())
        : await new TiffFile(handle, name).extract(directory);
    const image = openImage(bytes, name)[0]?.read();
    if (image?.width !== width || image.height !== height) {
      throw new InputError(`${name} was ${width} × ${height} pixels, but has changed since. Start again.`);
    }
    return image;
  });
}

async function reading<T>(
  file: string,
  name: string,
  work: (handle: Awaited<ReturnType<typeof open>>) => Promise<T>,
): Promise<T> {
  let handle: Awaited<ReturnType<typeof open>> | undefined;
  try {
    handle = await open(file);
    return await work(handle);
  } catch (error) {
    if (error instanceof InputError || !(error instanceof Error && "code" in error)) throw error;
    throw new InputError(`${name} cannot be read (${error.message}).`);
  } finally {
    await handle?.close();
  }
}

function isTiff([a, b]: Uint8Array): boolean {
  return (a === 0x49 && b === 0x49) || (a === 0x4d && b === 0x4d);
}
