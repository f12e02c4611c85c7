import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { InputError, type RunStore } from "@em-stellar/core";

/** Ends the names of files that are being written; whatever still has it was cut off by a crash. */
const unfinished = ".writing";

/**
 * A run store in a folder, made where it is missing. A file is written under a temporary name and then renamed.
 * Throws `InputError` where the folder cannot be written.
 */
export async function folderStore(folder: string): Promise<RunStore> {
  try {
    await mkdir(folder, { recursive: true });
    const probe = join(folder, `probe-${process.pid}${unfinished}`);
    await writeFile(probe, "");
    await rm(probe);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(
      `The folder ${folder} cannot be written (${reason}). Choose another output folder, or change its permissions.`,
    );
  }
  return {
    ...folderReader(folder),
    async write(path, content) {
      const target = join(folder, path);
      await mkdir(dirname(target), { recursive: true });
      // Workers may write the same file (a test image, say): each has a temporary name of its own.
      const temporary = `${target}.${process.pid}${unfinished}`;
      await writeFile(temporary, content, { flush: true });
      await rename(temporary, target);
    },
    async list(path) {
      try {
        const entries = await readdir(join(folder, path), { recursive: true, withFileTypes: true });
        return entries
          .filter((entry) => entry.isFile() && !entry.name.endsWith(unfinished))
          .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
          .sort();
      } catch (error) {
        if (isMissing(error)) return [];
        throw error;
      }
    },
    async remove(path) {
      await rm(join(folder, path), { recursive: true, force: true });
    },
  };
}

/** Reads files of a folder that is left as it is: one that may not be written serves as well. */
export function folderReader(folder: string): Pick<RunStore, "location" | "read"> {
  return {
    location: folder,
    async read(path) {
      try {
        return new Uint8Array(await readFile(join(folder, path)));
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
  };
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}
