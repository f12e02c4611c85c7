import { createHash, randomUUID } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { EmStellarError } from "@em-stellar/core";
import { makeFolder } from "../make-folder.js";

/** A file that is written piece by piece, and is there under its name only when it is whole. */
export interface AtomicFile {
  write(parts: readonly Uint8Array[]): Promise<void>;
  /** Gives the file its name, and tells the SHA-256 of its bytes. */
  finish(): Promise<string>;
  /** Removes what was written. */
  abandon(): Promise<void>;
}

/** Opens one, and makes the folders that it lies in. It throws `EmStellarError` where the disk does not take it. */
export async function openAtomicFile(path: string): Promise<AtomicFile> {
  const temporary = `${path}.${randomUUID()}.writing`;
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw new EmStellarError(
        `${path} cannot be written (${error instanceof Error ? error.message : error}). Free some space, change the folder's permissions, or choose another one with \`out\`.`,
      );
    }
  };
  const hash = createHash("sha256");
  let handle: FileHandle | undefined = await guarded(async () => {
    await makeFolder(dirname(path));
    return open(temporary, "w");
  });
  const close = async () => {
    await handle?.close();
    handle = undefined;
  };
  return {
    write: (parts) =>
      guarded(async () => {
        for (const part of parts) {
          hash.update(part);
          await handle?.writeFile(part); // from where the last one ended
        }
      }),
    finish: () =>
      guarded(async () => {
        await handle?.sync();
        await close();
        await rename(temporary, path);
        return hash.digest("hex");
      }),
    async abandon() {
      await close();
      await rm(temporary, { force: true });
    },
  };
}
