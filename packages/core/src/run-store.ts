import { parseJson } from "./parse-json.js";
import { encodeText } from "./text.js";

/**
 * Where a run keeps everything it leaves: a folder in Node, the origin-private file system in a browser, memory in tests.
 * Paths use `/` and are relative to the run. A write is all or nothing: a reader, and a run started again after a crash,
 * sees the old file or the new one.
 */
export interface RunStore {
  /** For messages: a folder's path, or "memory". */
  readonly location: string;
  /** The file's bytes, or undefined where there is none. */
  read(path: string): Promise<Uint8Array | undefined>;
  write(path: string, content: Uint8Array): Promise<void>;
  /** Paths of all files under a folder, sorted; empty where there is none. */
  list(folder: string): Promise<string[]>;
  /** Removes a file or everything under a folder; nothing happens where there is none. */
  remove(path: string): Promise<void>;
  /**
   * Adds a line, with its line break, to the end of a file, which is made where it is missing; what a crash left of a line goes.
   * Absent where the store cannot.
   */
  append?(path: string, content: Uint8Array): Promise<void>;
  /**
   * Makes this process the only writer until what it gives back is called; `path` names the lock. Throws a `LockedError`
   * where another process is at work, and still is after `patience` seconds (0 where absent). Absent where nobody else can
   * write, or whoever opened the store sees to it.
   */
  lock?(path: string, patience?: number): Promise<() => Promise<void>>;
}

/** A store that lives as long as the program. */
export function memoryStore(): RunStore {
  const files = new Map<string, Uint8Array>();
  const inside = (folder: string) =>
    [...files.keys()].filter((path) => folder === "" || path.startsWith(`${folder}/`)).sort();
  return {
    location: "memory",
    read: async (path) => files.get(path)?.slice(),
    write: async (path, content) => void files.set(path, content.slice()),
    list: async (folder) => inside(folder),
    remove: async (path) => {
      for (const file of [path, ...inside(path)]) files.delete(file);
    },
  };
}

/** The JSON value in a file, or undefined where there is none. Throws `InputError` as {@link parseJson} does. */
export async function readJson(store: Pick<RunStore, "location" | "read">, path: string): Promise<unknown> {
  const content = await store.read(path);
  return content && parseJson(content, `${store.location}/${path}`);
}

/** Writes a value as indented JSON. */
export async function writeJson(store: RunStore, path: string, value: unknown): Promise<void> {
  await writeText(store, path, `${JSON.stringify(value, null, 2)}\n`);
}

/** Writes text as UTF-8. */
export async function writeText(store: RunStore, path: string, text: string): Promise<void> {
  await store.write(path, encodeText(text));
}
