import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { appendFile, readdir, realpath, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { DamagedFileError, InputError, LockedError, type RunStore, StoreError } from "@em-stellar/core";
import { NotPlainError, readPlainFile } from "@em-stellar/data/node";
import { createHeldLocks } from "../held-locks.js";
import { lockFile } from "./folder-lock.js";
import { makeFolder } from "./make-folder.js";
import { isInside, withSlashes } from "./paths.js";
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
    async remove(path) {
      // Somebody may still be writing there: then a folder is not empty when its turn comes, and is emptied again.
      const patient = { maxRetries: 10, retryDelay: 20 }; // milliseconds, and so many more each time
      await storing(folder, path, () => rm(join(folder, path), { recursive: true, force: true, ...patient }));
    },
    lock: createHeldLocks((path, patience) => storing(folder, path, () => lockFile(join(folder, path), patience))),
  };
}

/**
 * Reads files of a folder that is left as it is: one that may not be written serves as well. Paths may come from files of
 * others: `read` throws `InputError` for those that lead out of the folder, and `DamagedFileError` for a link that does, for what is
 * no plain file, and for one that is too large.
 */
export function folderReader(folder: string): Pick<RunStore, "location" | "read" | "list"> {
  return {
    location: folder,
    async read(path) {
      const whole = join(folder, path);
      try {
        if (!isInside(resolve(whole), resolve(folder)) && existsSync(whole)) {
          throw new InputError(
            `${path} leads out of the folder ${folder}. Only files in it are read: copy the file there.`,
          );
        }
        const file = await realpath(whole);
        if (!isInside(file, await realpath(folder))) {
          const problem = "it is a link that leads out of the folder; only files in it are read: copy the file there";
          throw new DamagedFileError(folder, path, problem, "place");
        }
        return await readPlainFile(file, "it", path.endsWith(".json") ? mostJsonBytes : undefined);
      } catch (error) {
        if (isMissing(error)) return undefined;
        if (error instanceof NotPlainError) {
          throw new DamagedFileError(folder, path, error.message.replace(/\. .*$|\.$/, ""), "place");
        }
        if (error instanceof InputError || error instanceof DamagedFileError) throw error;
        throw explained(error, folder, path, "read");
      }
    },
    async list(path) {
      try {
        const entries = await readdir(join(folder, path), { recursive: true, withFileTypes: true });
        return entries
          .filter((entry) => entry.isFile() && !entry.name.endsWith(unfinished))
          .map((entry) => withSlashes(relative(folder, join(entry.parentPath, entry.name))))
          .sort();
      } catch (error) {
        if (isMissing(error)) return [];
        throw error;
      }
    },
  };
}

/** A JSON file of more bytes holds something else: what it becomes in memory is some ten times as large. */
const mostJsonBytes = 2 ** 28;

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
        `The run folder ${folder} is gone: ${path} could not be ${done}. Put it back, or start the run again. ${again}`,
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
