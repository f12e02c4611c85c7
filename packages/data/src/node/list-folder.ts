import { relative, resolve } from "node:path";
import { type ImageFormat, InputError } from "@em-stellar/core";
import { imageFormats } from "../formats/image-formats.js";
import { formatNames, isImageName } from "../formats/image-names.js";
import { naturalOrder } from "../natural-order.js";
import { folderEntries, isHidden } from "./folder-entries.js";

/** What lies in a folder, in natural order, hidden files (such as the `._name` of macOS) left out. */
export async function listFolder(
  path: string,
  formats: readonly ImageFormat[] = imageFormats,
): Promise<{ images: string[]; folders: string[]; others: string[] }> {
  const entries = await folderEntries(path).catch((error: unknown) => {
    throw new InputError(`${shown(path)} cannot be read (${error instanceof Error ? error.message : error}).`);
  });
  const seen = entries.filter(({ name }) => !isHidden(name)).sort((a, b) => naturalOrder(a.name, b.name));
  const namesOf = (list: typeof seen) => list.map(({ name }) => name);
  const files = namesOf(seen.filter(({ isFolder }) => !isFolder));
  return {
    folders: namesOf(seen.filter(({ isFolder }) => isFolder)),
    images: files.filter((name) => isImageName(name, formats)),
    others: files.filter((name) => !isImageName(name, formats)),
  };
}

/** What to say of a folder without images. */
export function nothingIn(path: string, others: readonly string[], option: string, formats = imageFormats): InputError {
  const found =
    others.length === 0
      ? "it is empty"
      : `it holds ${others.slice(0, 3).join(", ")}${others.length > 3 ? " and others" : ""}`;
  return new InputError(
    `${option}: no ${formatNames(formats)} image in ${shown(path)}; ${found}. Export the images as PNG or TIFF (JPEG alters pixels), or name another folder.`,
  );
}

/** Relative to the current folder where the path is inside it. */
export function shown(path: string): string {
  const inside = relative(process.cwd(), path);
  return inside.startsWith("..") || inside === "" ? resolve(path) : inside;
}
