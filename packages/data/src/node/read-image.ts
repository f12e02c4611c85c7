import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { InputError } from "@em-stellar/core";
import { openImage } from "../decode-image.js";
import type { ImagePage } from "../decoded-image.js";

/** The pages of an image file; throws `InputError` naming the file where it cannot be read. */
export async function openFile(path: string, folder: string | undefined): Promise<ImagePage[]> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(resolve(folder ?? "", path));
  } catch (error) {
    throw new InputError(`${path} cannot be read (${error instanceof Error ? error.message : String(error)}).`);
  }
  return openImage(bytes, path);
}

/** The one image of a file; throws `InputError` where it has several pages. */
export async function openSingle(path: string, folder: string | undefined): Promise<ImagePage> {
  const [page, ...others] = await openFile(path, folder);
  if (page === undefined || others.length > 0) {
    throw new InputError(
      `${path} holds ${others.length + 1} pages, but a folder of images holds one image in each file. Read it with the data source "image-stack".`,
    );
  }
  return page;
}
