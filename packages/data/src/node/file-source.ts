import { Buffer } from "node:buffer";
import { type FileHandle, stat } from "node:fs/promises";
import { type ByteSource, InputError } from "@em-stellar/core";
import { requireWithin } from "../formats/byte-sources.js";
import { openPlainFile } from "./plain-file.js";

/**
 * A file on a disk, open only while it is read, so that a folder of any size takes no file handles: pages that are read one after
 * another are read from the same handle. Throws `InputError` where it cannot be read or is no plain file, and from then on where
 * it has changed since.
 */
export async function fileSource(path: string, name = path): Promise<ByteSource> {
  const file = openWhileRead(path, name);
  const opened = await told(name, () => file.use((handle) => handle.stat()));
  return {
    name,
    size: opened.size,
    read: (offset, length) =>
      told(name, () =>
        file.use(async (handle) => {
          const reading = bytesOf(handle, name, offset, length);
          reading.catch(() => {}); // told below, unless the file has changed
          // By its path: another file may have taken the place of the one that is open.
          const now = await stat(path);
          if (now.size !== opened.size || now.mtimeMs !== opened.mtimeMs || now.ino !== opened.ino) {
            await reading.catch(() => {}); // the handle is in use until then
            throw new InputError(`${name} has changed since it was opened. Start again.`);
          }
          requireWithin(name, opened.size, offset, length);
          return reading;
        }),
      ),
  };
}

async function bytesOf(handle: FileHandle, name: string, offset: number, length: number): Promise<Uint8Array> {
  // Memory as it is: a page full of zeros takes as long as reading one. It is filled, or nobody sees it.
  const bytes = new Uint8Array(Buffer.allocUnsafeSlow(length).buffer);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await handle.read(bytes, done, length - done, offset + done);
    if (bytesRead === 0) requireWithin(name, offset + done, offset + done, length - done);
    done += bytesRead;
  }
  return bytes;
}

/** Milliseconds that a file stays open for the next read. */
const patience = 5;

/** A file that is open, or about to be. */
interface Open {
  readonly handle: Promise<FileHandle>;
  users: number;
  closing?: NodeJS.Timeout;
}

/** Opens a file when it is first used, and closes it when it has not been used for a moment, or at once after an error. */
function openWhileRead(path: string, name: string) {
  let current: Open | undefined;
  const close = async (open: Open) => {
    if (current === open) current = undefined;
    // What was only read from loses nothing; what could not be opened was told of.
    await open.handle.then((handle) => handle.close()).catch(() => {});
  };
  return {
    /** Works with the open file. */
    async use<T>(work: (handle: FileHandle) => Promise<T>): Promise<T> {
      current ??= { handle: openPlainFile(path, name), users: 0 };
      const open = current;
      clearTimeout(open.closing);
      open.users++;
      try {
        return await work(await open.handle);
      } catch (error) {
        if (current === open) current = undefined; // whoever comes next opens it again
        throw error;
      } finally {
        open.users--;
        if (open.users === 0 && current !== open) await close(open);
        else if (open.users === 0) open.closing = setTimeout(() => void close(open), patience).unref(); // a process may end before
      }
    },
  };
}

/** Errors of the system as messages. */
async function told<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof InputError || !(error instanceof Error && "code" in error)) throw error;
    throw new InputError(`${name} cannot be read (${error.message}).`);
  }
}
