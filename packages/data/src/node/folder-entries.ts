import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";

/** A file or a folder in a folder. */
export interface FolderEntry {
  readonly name: string;
  readonly isFolder: boolean;
}

/** Folders that storage systems and macOS put beside people's files: `@eaDir` of Synology, `__MACOSX` of archives. */
const ofSystems = /^(?:@eaDir|#recycle|#snapshot|\$RECYCLE\.BIN|__.*)$/u;

/** Whether a name is hidden (such as the `._name` that macOS leaves beside every file) or a system's. */
export function isHidden(name: string): boolean {
  return name.startsWith(".") || ofSystems.test(name);
}

/** What lies in a folder; a symbolic link is what it leads to, and one that leads nowhere is left out. */
export async function folderEntries(folder: string): Promise<FolderEntry[]> {
  const found: FolderEntry[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const { name } = entry;
    const info = entry.isSymbolicLink() ? await stat(join(folder, name)).catch(() => undefined) : entry;
    if (info) found.push({ name, isFolder: info.isDirectory() });
  }
  return found;
}

/** Where a folder really lies, so that a walk through links goes into each folder once. */
export function realFolder(folder: string): Promise<string> {
  return realpath(folder).catch(() => folder);
}
