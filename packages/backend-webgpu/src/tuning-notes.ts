import { importInNode, nodeProcess } from "@em-stellar/kernels/backend";
import type { TuningNotes } from "./convolution/tuning.js";

type Notes = Readonly<Record<string, string>>;

/** A text that outlives the program: `undefined` where there is none, or where nothing can be kept. */
interface Keeper {
  read(): Promise<string | undefined>;
  write(text: string): Promise<void>;
}

/**
 * Notes on one adapter: in Node a file in the user's folder for caches, in a browser one in the page's origin-private file
 * system. They save time only, so that whatever goes wrong with them is passed over.
 */
export function tuningNotes(adapter: string): TuningNotes {
  const name = `webgpu-tiles-${adapter.replace(/[^a-z0-9]+/gi, "-").toLowerCase()}.json`;
  const keeper = nodeProcess() ? fileInNode(name) : fileOfPage(name);
  const read = async (): Promise<Notes> => {
    try {
      return notesIn(await keeper.read());
    } catch {
      return {};
    }
  };
  return {
    read,
    async add(found) {
      try {
        await keeper.write(`${JSON.stringify({ ...(await read()), ...found }, null, 1)}\n`);
      } catch {
        // measured again next time
      }
    },
  };
}

function notesIn(text = "{}"): Notes {
  const notes: unknown = JSON.parse(text);
  const isNotes = typeof notes === "object" && notes !== null;
  return isNotes ? Object.fromEntries(Object.entries(notes).filter(([, tile]) => typeof tile === "string")) : {};
}

/** What is used of Node's modules. */
interface Files {
  readFile(path: string, encoding: "utf8"): Promise<string>;
  writeFile(path: string, text: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  mkdir(path: string, options: { recursive: true }): Promise<unknown>;
}

function fileInNode(name: string): Keeper {
  const { env = {}, pid } = nodeProcess() ?? {};
  const place = async () => {
    const { homedir } = (await importInNode("node:os")) as { homedir(): string };
    const { join } = (await importInNode("node:path")) as { join(...parts: string[]): string };
    const folder = join(env.XDG_CACHE_HOME || env.LOCALAPPDATA || join(homedir(), ".cache"), "em-stellar");
    return { folder, file: join(folder, name), files: (await importInNode("node:fs/promises")) as Files };
  };
  return {
    async read() {
      const { file, files } = await place();
      return files.readFile(file, "utf8");
    },
    async write(text) {
      const { folder, file, files } = await place();
      await files.mkdir(folder, { recursive: true });
      await files.writeFile(`${file}.${pid}.new`, text); // several processes may write at a time: each file is whole
      await files.rename(`${file}.${pid}.new`, file);
    },
  };
}

/** What is used of the File System standard (https://fs.spec.whatwg.org). */
interface PageFolder {
  getFileHandle(
    name: string,
    options?: { create: true },
  ): Promise<{
    getFile(): Promise<{ text(): Promise<string> }>;
    createWritable(): Promise<{ write(text: string): Promise<void>; close(): Promise<void> }>;
  }>;
}

function fileOfPage(name: string): Keeper {
  const folder = async () => {
    const { navigator } = globalThis as { navigator?: { storage?: { getDirectory?(): Promise<PageFolder> } } };
    const found = await navigator?.storage?.getDirectory?.();
    if (!found) throw new Error("This page may keep no files.");
    return found;
  };
  return {
    async read() {
      const handle = await (await folder()).getFileHandle(name);
      return (await handle.getFile()).text();
    },
    async write(text) {
      const handle = await (await folder()).getFileHandle(name, { create: true });
      const writable = await handle.createWritable(); // takes the file's place when it is closed
      await writable.write(text);
      await writable.close();
    },
  };
}
