import { constants, type FileHandle, open } from "node:fs/promises";
import { InputError } from "@em-stellar/core";

/** Bytes that are read into memory at once, at most: Node gives no more. */
const mostBytes = 2 ** 31 - 1;

/** A path leads to something other than a regular file (a folder, a pipe, a device), which is not read: that could last for ever. */
export class NotPlainError extends InputError {}

/** Opens a file for reading. Throws `NotPlainError`, and the error of the system where it cannot be opened. */
export async function openPlainFile(path: string, name = path): Promise<FileHandle> {
  // Without waiting for somebody to write, as opening a pipe does; Windows has neither such pipes nor the flag.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  const isPlain = await file.stat().then((stat) => stat.isFile());
  if (isPlain) return file;
  await file.close();
  throw new NotPlainError(`${name} is not a regular file, but a folder, a pipe or a device. Name a file.`);
}

/** The bytes of a file. Throws as `openPlainFile` does, also for more than `most` bytes. */
export async function readPlainFile(path: string, name = path, most = mostBytes): Promise<Uint8Array> {
  const file = await openPlainFile(path, name);
  try {
    const { size } = await file.stat();
    if (size > most) throw new NotPlainError(`${name} has ${size} bytes, but at most ${most} can be read.`);
    return new Uint8Array(await file.readFile());
  } finally {
    await file.close();
  }
}
