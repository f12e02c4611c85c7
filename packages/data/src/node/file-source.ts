import type { FileHandle } from "node:fs/promises";
import { type ByteSource, InputError } from "@em-stellar/core";
import { requireWithin } from "../formats/byte-sources.js";
import { openPlainFile } from "./plain-file.js";

/**
 * A file on a disk, opened for each read and closed again, so that a folder of any size takes no file handles. Throws
 * `InputError` where it cannot be read or is no plain file, and from then on where it has changed since.
 */
export async function fileSource(path: string, name = path): Promise<ByteSource> {
  const { size, modified } = await withFile(path, name, statOf);
  return {
    name,
    size,
    read: (offset, length) =>
      withFile(path, name, async (file) => {
        const now = await statOf(file);
        if (now.size !== size || now.modified !== modified) {
          throw new InputError(`${name} has changed since it was opened. Start again.`);
        }
        requireWithin(name, size, offset, length);
        const bytes = new Uint8Array(length);
        for (let done = 0; done < length; ) {
          const { bytesRead } = await file.read(bytes, done, length - done, offset + done);
          if (bytesRead === 0) requireWithin(name, offset + done, offset + done, length - done);
          done += bytesRead;
        }
        return bytes;
      }),
  };
}

async function statOf(file: FileHandle): Promise<{ size: number; modified: number }> {
  const { size, mtimeMs } = await file.stat();
  return { size, modified: mtimeMs };
}

async function withFile<T>(path: string, name: string, work: (file: FileHandle) => Promise<T>): Promise<T> {
  let file: FileHandle | undefined;
  try {
    file = await openPlainFile(path, name);
    return await work(file);
  } catch (error) {
    if (error instanceof InputError || !(error instanceof Error && "code" in error)) throw error;
    throw new InputError(`${name} cannot be read (${error.message}).`);
  } finally {
    await file?.close();
  }
}
