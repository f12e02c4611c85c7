import { type FileHandle, open } from "node:fs/promises";

/** Bytes that are looked at together, from the end of a file on. */
const piece = 1 << 16;

/** How every line of ours begins. */
const beginning = '{"time":"';

/**
 * Makes a file of events end with a whole line: cuts off what a process that was killed, or a full disk, left of one. A last line
 * that is none of ours is kept, and ended. Nothing happens where the file is missing, or no plain file.
 */
export async function removeTornLine(file: string): Promise<void> {
  const handle = await open(file, "r+").catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  });
  if (!handle) return;
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) return;
    const start = await lastLine(handle, stat.size);
    if (start === stat.size) return;
    const { buffer, bytesRead } = await handle.read(new Uint8Array(beginning.length), 0, beginning.length, start);
    const isOurs = beginning.startsWith(new TextDecoder().decode(buffer.subarray(0, bytesRead)));
    if (isOurs) await handle.truncate(start);
    else await handle.write("\n", stat.size);
  } finally {
    await handle.close();
  }
}

/** Where what stands behind the last line break begins. */
async function lastLine(handle: FileHandle, size: number): Promise<number> {
  const bytes = new Uint8Array(piece);
  for (let end = size; end > 0; end -= piece) {
    const start = Math.max(0, end - piece);
    const { bytesRead } = await handle.read(bytes, 0, end - start, start);
    const lineBreak = bytes.subarray(0, bytesRead).lastIndexOf(10);
    if (lineBreak >= 0) return start + lineBreak + 1;
  }
  return 0;
}
