import { memoryStore, type RunStore } from "@em-stellar/core";
import { browserStore } from "@em-stellar/runner/browser";
import { places } from "./project.js";

/** The folder of the browser's origin-private file system that the studio keeps everything in. */
export const storageFolder = "em-stellar-studio";

/** Where a project is kept: in the browser's storage, or in memory where that is refused. */
export interface ProjectStorage {
  /** Why nothing outlives the page; undefined where everything does. */
  readonly lost: string | undefined;
  /** The project's own file. */
  readonly store: RunStore;
  /** The run folder of a benchmark. */
  runStore(id: string): Promise<RunStore>;
  /** The files that the user gave, by their paths. */
  files(): Promise<Map<string, Blob>>;
  addFile(path: string, content: Blob): Promise<void>;
  /** Throws where the browser has no room for so much beside what is kept: only writing it tells, and nothing of it stays. */
  requireRoom(content: Blob): Promise<void>;
  /** Removes a file; all of them for an empty path. */
  removeFile(path: string): Promise<void>;
  /** Removes everything. */
  clear(): Promise<void>;
}

/** Opens the storage of the page; in memory where the browser keeps nothing for it, such as in a private window. */
export async function openStorage(): Promise<ProjectStorage> {
  try {
    const store = await browserStore(storageFolder);
    const root = await (await navigator.storage.getDirectory()).getDirectoryHandle(storageFolder, { create: true });
    // Asked for once there is something to lose; a browser that refuses removes it only when the disk is full.
    await navigator.storage.persist?.().catch(() => false);
    return inBrowser(store, root);
  } catch (error) {
    return inMemory(error instanceof Error ? error.message : String(error));
  }
}

function inBrowser(store: RunStore, root: FileSystemDirectoryHandle): ProjectStorage {
  const folder = () => root.getDirectoryHandle(places.files, { create: true });
  return {
    lost: undefined,
    store,
    runStore: (id) => browserStore(`${storageFolder}/${places.runs}/${id}`),
    async files() {
      const found = new Map<string, Blob>();
      await collect(await folder(), "", found);
      return found;
    },
    async addFile(path, content) {
      const [parent, name] = await parentOf(await folder(), path);
      await write(parent, name, content);
    },
    async requireRoom(content) {
      try {
        await write(root, trial, content);
      } finally {
        await root.removeEntry(trial).catch(ignoreMissing);
      }
    },
    async removeFile(path) {
      if (path === "") await root.removeEntry(places.files, { recursive: true }).catch(ignoreMissing);
      else {
        const [parent, name] = await parentOf(await folder(), path);
        await parent.removeEntry(name, { recursive: true }).catch(ignoreMissing);
      }
    },
    clear: () => store.remove(""),
  };
}

function inMemory(lost: string): ProjectStorage {
  const files = new Map<string, Blob>();
  const store = memoryStore();
  const runs = new Map<string, RunStore>();
  return {
    lost,
    store,
    async runStore(id) {
      const run = runs.get(id) ?? memoryStore();
      runs.set(id, run);
      return run;
    },
    files: async () => new Map(files),
    async addFile(path, content) {
      files.set(path, content);
    },
    async requireRoom() {},
    async removeFile(path) {
      if (path === "") files.clear();
      else files.delete(path);
    },
    async clear() {
      files.clear();
      runs.clear();
      await store.remove("");
    },
  };
}

/** What TypeScript's own types lack of the File System standard (https://fs.spec.whatwg.org). */
type Iterable = FileSystemDirectoryHandle & {
  entries(): AsyncIterable<[name: string, handle: FileSystemDirectoryHandle | FileSystemFileHandle]>;
};

async function collect(folder: FileSystemDirectoryHandle, prefix: string, found: Map<string, Blob>): Promise<void> {
  for await (const [name, handle] of (folder as Iterable).entries()) {
    if (handle.kind === "directory") await collect(handle, `${prefix}${name}/`, found);
    else {
      const file = await handle.getFile();
      // A file that the browser has not finished writing, because the page was closed, is empty.
      if (file.size > 0) found.set(prefix + name, file);
    }
  }
}

async function parentOf(folder: FileSystemDirectoryHandle, path: string): Promise<[FileSystemDirectoryHandle, string]> {
  const parts = path.split("/");
  const name = parts.pop() ?? "";
  let parent = folder;
  for (const part of parts) parent = await parent.getDirectoryHandle(part, { create: true });
  return [parent, name];
}

/** The name of a file that is written to see whether it has room. */
const trial = "room.writing";

async function write(folder: FileSystemDirectoryHandle, name: string, content: Blob): Promise<void> {
  const writable = await (await folder.getFileHandle(name, { create: true })).createWritable();
  try {
    await writable.write(content);
  } catch (error) {
    await writable.abort().catch(() => {}); // the first error says more
    throw error;
  }
  await writable.close();
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof DOMException && error.name === "NotFoundError")) throw error;
}
