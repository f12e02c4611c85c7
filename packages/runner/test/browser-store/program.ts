import { readJson, writeJson } from "@em-stellar/core";
import { browserStore } from "@em-stellar/runner/browser";
import { workerProgram } from "../../../../tests/browser/worker-program.js";

/** Something to do with the store in a folder. */
export type Step =
  | { readonly do: "write"; readonly path: string; readonly bytes: readonly number[] }
  | { readonly do: "writeJson"; readonly path: string; readonly value: unknown }
  | { readonly do: "read" | "readJson" | "list" | "remove"; readonly path: string }
  /** Begins to write a file as the store does, and never ends: as if the page were closed. */
  | { readonly do: "beginToWrite"; readonly path: string }
  /** Takes a lock and gives it back, or keeps it until the page is closed. */
  | { readonly do: "lock" | "keepLock"; readonly path: string };

/** What a step gave; `null` for undefined, a list for bytes. */
export type Given = { readonly value: unknown } | { readonly error: string };

workerProgram<{ folder: string; steps: readonly Step[] }, Given>(async ({ folder, steps }, tell) => {
  const store = await browserStore(folder);
  const take = async (step: Step): Promise<unknown> => {
    switch (step.do) {
      case "write":
        return store.write(step.path, Uint8Array.from(step.bytes));
      case "writeJson":
        return writeJson(store, step.path, step.value);
      case "readJson":
        return readJson(store, step.path);
      case "read": {
        const bytes = await store.read(step.path);
        return bytes && Array.from(bytes);
      }
      case "beginToWrite":
        return beginToWrite(folder, step.path);
      case "lock":
        return (await store.lock?.(step.path))?.();
      case "keepLock":
        return void (await store.lock?.(step.path));
      default:
        return store[step.do](step.path);
    }
  };
  for (const step of steps) {
    try {
      tell({ value: (await take(step)) ?? null });
    } catch (error) {
      tell({ error: String(error) });
    }
  }
});

/** What is used of the origin-private file system. */
interface Storage {
  getDirectory(): Promise<Directory>;
}

interface Directory {
  getDirectoryHandle(name: string): Promise<Directory>;
  getFileHandle(name: string, options: { create: true }): Promise<{ createWritable(): Promise<WritableStreamLike> }>;
}

interface WritableStreamLike {
  write(bytes: Uint8Array): Promise<void>;
}

async function beginToWrite(folder: string, path: string): Promise<void> {
  const { navigator } = globalThis as unknown as { navigator: { storage: Storage } }; // Node's types have none of it
  const directory = await (await navigator.storage.getDirectory()).getDirectoryHandle(folder);
  const writable = await (await directory.getFileHandle(path, { create: true })).createWritable();
  await writable.write(Uint8Array.of(9, 9, 9));
}
