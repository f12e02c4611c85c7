import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";

/** A file or a folder in a folder. */
export interface FolderEntry {
  readonly name: string;
  readonly isFolder: boolean;
  /** Whether it is a symbolic link. */
  readonly isLink: boolean;
}

/** What lies in a folder; a symbolic link is what it leads to, and one that leads nowhere is left out. */
export async function folderEntries(folder: string): Promise<FolderEntry[]> {
  const found: FolderEntry[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const { name } = entry;
    const info = entry.isSymbolicLink() ? await stat(join(folder, name)).catch(() => undefined) : entry;
    if (info) found.push({ name, isFolder: info.isDirectory(), isLink: entry.isSymbolicLink() });
  }
  return found;
}

/** Where a folder really lies. */
function realFolder(folder: string): Promise<string> {
  return realpath(folder).catch(() => folder);
}

/**
 * Walks through folders so that each is visited once, though links lead to it as well: folders as they lie first, those behind
 * links after them. `visit` calls `into` for each folder to go on with, and `purpose` tells visits of one folder apart.
 */
export async function walkFolders<Errand extends { readonly folder: string; readonly purpose: string }>(
  start: Errand,
  visit: (errand: Errand, into: (errand: Errand, isLink: boolean) => void) => Promise<void>,
): Promise<void> {
  const seen = new Set<string>();
  const [direct, linked]: [Errand[], Errand[]] = [[start], []];
  for (let errand = direct.pop(); errand; errand = direct.pop() ?? linked.shift()) {
    const key = `${errand.purpose} ${await realFolder(errand.folder)}`;
    if (seen.has(key)) continue;
    seen.add(key);
    await visit(errand, (next, isLink) => (isLink ? linked : direct).push(next));
  }
}
