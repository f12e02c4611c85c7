import { relative, resolve } from "node:path";
import { type ImageFormat, InputError } from "@em-stellar/core";
import { nothingIn as nothingInShown } from "../find-sets.js";
import { type FolderListing, listEntries } from "../folder-listing.js";
import { imageFormats } from "../formats/image-formats.js";
import { folderEntries } from "./folder-entries.js";

/** What lies in a folder, in natural order, hidden files (such as the `._name` of macOS) left out. */
export async function listFolder(path: string, formats: readonly ImageFormat[] = imageFormats): Promise<FolderListing> {
  const entries = await folderEntries(path).catch((error: unknown) => {
    throw new InputError(`${shown(path)} cannot be read (${error instanceof Error ? error.message : error}).`);
  });
  return listEntries(entries, formats);
}

/** What to say of a folder without images. */
export function nothingIn(
  path: string,
  others: readonly string[],
  option: string,
  formats: readonly ImageFormat[] = imageFormats,
): InputError {
  return nothingInShown(shown(path), others, option, formats);
}

/** Relative to the current folder where the path is inside it. */
export function shown(path: string): string {
  const inside = relative(process.cwd(), path);
  return inside.startsWith("..") || inside === "" ? resolve(path) : inside;
}
