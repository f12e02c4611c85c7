import { InputError, LockedError, type RunStore, StoreError } from "@em-stellar/core";
import { createHeldLocks } from "../held-locks.js";
import type { Directory, FileHandle, Locks, StorageScope } from "./file-system-types.js";

/** Ends the names of files that are being written for the first time; whatever still has it was cut off. */
const unfinished = ".writing";

/**
 * A run store in a folder of the browser's origin-private file system, made where it is missing: what is in it outlives the
 * page, and nobody but pages of the same address sees it. For pages and workers alike. Its locks are Web Locks: of two tabs that
 * run in the same folder, one is refused (where the browser has no such locks, nobody sees to it). Throws `InputError` where the browser keeps no files for the
 * page; a `StoreError` later where it has no more room.
 */
export async function browserStore(folder: string): Promise<RunStore> {
  const root = await openFolder(folder);
  const location = `the browser's storage, folder ${folder}`;
  const { navigator } = scope();
  return {
    location,
    ...(navigator?.locks && { lock: createHeldLocks(webLock(navigator.locks, folder, location)) }),
    async read(path) {
      const handle = await unlessMissing(find(root, path));
      if (!handle) return undefined;
      return new Uint8Array(await (await handle.getFile()).arrayBuffer());
    },
    async write(path, content) {
      try {
        const [parent, name] = await parentOf(root, path, true);
        const existing = await unlessMissing(parent.getFileHandle(name));
        if (existing) await fill(existing, content);
        else {
          // A new file would be there, and empty, before it is filled.
          const temporary = await parent.getFileHandle(`${name}${unfinished}`, { create: true });
          await fill(temporary, content);
          await temporary.move(parent, name);
        }
      } catch (error) {
        throw explained(error, path, location);
      }
    },
    async list(path) {
      const start = path === "" ? root : await unlessMissing(findDirectory(root, path, false));
      const prefix = path === "" ? "" : `${path}/`;
      return start ? (await filesOf(start, prefix)).sort() : [];
    },
    async remove(path) {
      if (path === "") for await (const name of root.keys()) await root.removeEntry(name, { recursive: true });
      else {
        const place = await unlessMissing(parentOf(root, path, false));
        if (place) await unlessMissing(place[0].removeEntry(place[1], { recursive: true }));
      }
    },
  };
}

function scope(): StorageScope {
  return globalThis as unknown as StorageScope; // whose own types, where there are any, lack `move`
}

/** Seconds for which a lock is waited for at least: the worker of a page that was just closed, or loaded again, may need them to end. */
const leastPatience = 3;

function webLock(locks: Locks, folder: string, location: string) {
  return async (path: string, patience: number): Promise<() => Promise<void>> => {
    const { AbortSignal } = scope();
    const signal = AbortSignal.timeout(1000 * Math.max(patience, leastPatience));
    let isHeld = false;
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    let ended: Promise<void> | undefined;
    await new Promise<void>((resolve, reject) => {
      const hold = () => {
        isHeld = true;
        resolve();
        return released;
      };
      ended = locks.request(`em-stellar/${folder}/${path}`, { signal }, hold);
      ended.catch((error: unknown) => reject(isHeld ? error : inUse(location)));
    });
    return async () => {
      release();
      await ended;
    };
  };
}

function inUse(location: string): LockedError {
  return new LockedError(
    `This run is in use (${location}): another tab or window, or another worker of this page, is using it. Close that one, or choose another folder.`,
  );
}

async function openFolder(folder: string): Promise<Directory> {
  const { navigator } = scope();
  if (!navigator?.storage?.getDirectory) {
    throw new InputError(
      "This browser gives this page no file storage. Serve it over https or from localhost, or keep the run in memory: memoryStore() of @em-stellar/core.",
    );
  }
  try {
    return await findDirectory(await navigator.storage.getDirectory(), folder, true);
  } catch (error) {
    throw new InputError(
      `The browser's storage cannot be opened (${messageOf(error)}). Private windows and blocked site data are the usual causes; memoryStore() of @em-stellar/core needs none.`,
    );
  }
}

/** Replaces what is in a file in one go: the browser writes beside it and swaps the two when all is written. */
async function fill(handle: FileHandle, content: Uint8Array): Promise<void> {
  const writable = await handle.createWritable();
  try {
    await writable.write(content);
  } catch (error) {
    await writable.abort().catch(() => {}); // the first error says more
    throw error;
  }
  await writable.close();
}

async function find(root: Directory, path: string): Promise<FileHandle> {
  const [parent, name] = await parentOf(root, path, false);
  return parent.getFileHandle(name);
}

/** The folder that a path leads into, and the last name of the path. */
async function parentOf(root: Directory, path: string, create: boolean): Promise<[Directory, string]> {
  const end = path.lastIndexOf("/");
  const parent = end < 0 ? root : await findDirectory(root, path.slice(0, end), create);
  return [parent, path.slice(end + 1)];
}

async function findDirectory(root: Directory, path: string, create: boolean): Promise<Directory> {
  let directory = root;
  for (const name of path.split("/")) directory = await directory.getDirectoryHandle(name, { create });
  return directory;
}

async function filesOf(directory: Directory, prefix: string): Promise<string[]> {
  const files: string[] = [];
  for await (const [name, handle] of directory.entries()) {
    if (handle.kind === "directory") files.push(...(await filesOf(handle, `${prefix}${name}/`)));
    else if (!name.endsWith(unfinished)) files.push(prefix + name);
  }
  return files;
}

/** What was asked for, or undefined where there is no such file or folder. */
async function unlessMissing<Found>(found: Promise<Found>): Promise<Found | undefined> {
  try {
    return await found;
  } catch (error) {
    const { name } = error as { name?: string }; // whatever was thrown
    if (name === "NotFoundError" || name === "TypeMismatchError") return undefined;
    throw error;
  }
}

function explained(error: unknown, path: string, location: string): StoreError {
  const { name } = error as { name?: string }; // whatever was thrown
  const message =
    name === "QuotaExceededError"
      ? `The browser has no more room for this page: ${path} could not be written to ${location}. Remove earlier runs, or free space on the disk. ${again}`
      : `${path} could not be written to ${location} (${messageOf(error)}). ${again}`;
  return new StoreError(message, { cause: error });
}

/** The sentence that ends every message: what to do once its cause is gone. */
const again = "Start again to go on from what is kept.";

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
