import { mkdir, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";

/**
 * Makes a folder and those above it that are missing. Node's own `mkdir` with `recursive` never returns where a file system
 * answers that the parent is missing although it is there, as `/proc` does.
 */
export async function makeFolder(folder: string): Promise<void> {
  const missing: string[] = [];
  for (let at = resolve(folder); !(await isFolder(at)); at = dirname(at)) {
    missing.unshift(at);
    if (at === dirname(at)) break; // a drive that is not there
  }
  for (const each of missing) {
    await mkdir(each).catch(async (error: unknown) => {
      if (!(await isFolder(each))) throw error; // another process may have made it
    });
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}
