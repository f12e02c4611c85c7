import { randomUUID } from "node:crypto";
import { appendFile, readdir, readFile, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, sep } from "node:path";
import { InputError, LockedError, type RunStore, StoreError } from "@em-stellar/core";
import { createHeldLocks } from "../held-locks.js";
import { lockFile } from "./folder-lock.js";
import { makeFolder } from "./make-folder.js";
import { removeTornLine } from "./torn-line.js";

/** Ends the names of files that are being written; whatever still has it was cut off by a crash. */
const unfinished = ".writing";

/**
 * A run store in a folder, made where it is missing. A file is written under a temporary name and then renamed.
 * Throws `InputError` where the folder cannot be written; a `StoreError` later where it no longer can.
 */
export async function folderStore(folder: string): Promise<RunStore> {
  // Several stores may write the same file (a test image, say), also from machines that share the folder.
  const own = randomUUID();
  try {
    await makeFolder(folder);
    const probe = join(folder, `${own}${unfinished}`);
    await writeFile(probe, "");
    await rm(probe, { force: true }); // whoever cleans the folder may have been faster
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new InputError(
      `The folder ${folder} cannot be written (${reason}). Choose another output folder, or change its permissions.`,
    );
  }
  let written = 0;
  const appended = new Set<string>();
  return {
    ...folderReader(folder),
    async write(path, content) {
      const target = join(folder, path);
      const parent = dirname(target);
      const temporary = join(parent, `${own}-${written++}${unfinished}`); // short, because names have limits
      await storing(folder, path, async () => {
        await requireFolder(folder);
        await makeFolder(parent);
        try {
          await writeFile(temporary, content, { flush: true });
          await rename(temporary, target);
        } catch (error) {
          await rm(temporary, { force: true }).catch(() => {}); // the first error says more
          throw error;
        }
      });
    },
    async append(path, content) {
      await storing(folder, path, async () => {
        await requireFolder(folder);
        const target = join(folder, path);
        await makeFolder(dirname(target));
        if (!appended.has(path)) await removeTornLine(target);
        appended.delete(path); // until all of this line is there
        await appendFile(target, content);
        appended.add(path);
      });
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
      await storing(folder, path, () => rm(join(folder, path), { recursive: true, force: true }));
    },
    lock: createHeldLocks((path, patience) => storing(folder, path, () => lockFile(join(folder, path), patience))),
  };
}

/**
 * Reads files of a folder that is left as it is: one that may not be written serves as well. Paths may come from files of
 * others: `read` throws `InputError` for what lies outside the folder, also by a link, and for what is no plain file.
 */
export function folderReader(folder: string): Pick<RunStore, "location" | "read"> {
  return {
    location: folder,
    async read(path) {
      try {
        const file = await realpath(join(folder, path));
        await requireInside(folder, path, file);
        return new Uint8Array(await readFile(file));
      } catch (error) {
        if (isMissing(error)) return undefined;
        if (error instanceof InputError) throw error;
        throw explained(error, folder, path, "read");
      }
    },
  };
}

async function requireInside(folder: string, path: string, file: string): Promise<void> {
  const way = relative(await realpath(folder), file);
  if (isAbsolute(way) || way.split(sep)[0] === "..") {
    throw new InputError(`${path} leads out of the folder ${folder}. Only files in it are read: copy the file there.`);
  }
  if (!(await stat(file)).isFile()) {
    throw new InputError(
      `${join(folder, path)} is not a plain file, but a folder, a pipe or a device. Copy the folder again.`,
    );
  }
}

/** A folder that someone removed is not made again in secret: what it held is gone. */
async function requireFolder(folder: string): Promise<void> {
  await stat(folder);
}

async function storing<T>(folder: string, path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LockedError) throw error;
    throw explained(error, folder, path, "written");
  }
}

function explained(error: unknown, folder: string, path: string, done: "read" | "written"): unknown {
  if (!(error instanceof Error && "code" in error)) return error;
  const again =
    "Then run the same command again: finished trainings are kept, and the others continue from their last validation.";
  switch (error.code) {
    case "ENOSPC":
    case "EDQUOT":
      return new StoreError(`The disk of ${folder} is full: ${path} could not be written. Free some space. ${again}`);
    case "ENOENT":
      return new StoreError(
        `The run folder ${folder} is gone: ${path} could not be ${done}. Put it back, or start the run anew. ${again}`,
      );
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return new StoreError(
        `The run folder ${folder} may no longer be ${done} (${error.code}, ${path}). Change its permissions. ${again}`,
      );
    default:
      return new StoreError(`${path} in the run folder ${folder} could not be ${done} (${error.message}). ${again}`);
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR");
}
