import type { ImageFormat } from "@em-stellar/core";
import { isImageName } from "./formats/image-names.js";
import { naturalOrder } from "./natural-order.js";

/** Names in a folder, in natural order. */
export interface FolderListing {
  readonly images: string[];
  readonly folders: string[];
  /** Files that are no images. */
  readonly others: string[];
}

/** Folders that storage systems and macOS put beside people's files: `@eaDir` of Synology, `__MACOSX` of archives. */
const ofSystems = /^(?:@eaDir|#recycle|#snapshot|\$RECYCLE\.BIN|__.*)$/u;

/** Whether a name is hidden (such as the `._name` that macOS leaves beside every file) or a system's. */
export function isHidden(name: string): boolean {
  return name.startsWith(".") || ofSystems.test(name);
}

/** What lies in a folder, hidden files (such as the `._name` of macOS) left out. */
export function listEntries(
  entries: readonly { readonly name: string; readonly isFolder: boolean }[],
  formats: readonly ImageFormat[],
): FolderListing {
  const seen = entries.filter(({ name }) => !isHidden(name)).sort((a, b) => naturalOrder(a.name, b.name));
  const namesOf = (list: typeof seen) => list.map(({ name }) => name);
  const files = namesOf(seen.filter(({ isFolder }) => !isFolder));
  return {
    folders: namesOf(seen.filter(({ isFolder }) => isFolder)),
    images: files.filter((name) => isImageName(name, formats)),
    others: files.filter((name) => !isImageName(name, formats)),
  };
}
