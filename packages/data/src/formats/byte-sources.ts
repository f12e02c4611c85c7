import { type ByteSource, InputError } from "@em-stellar/core";

/** A file that is in memory. */
export function bytesSource(given: Uint8Array, name: string): ByteSource {
  // Not a Buffer of Node, whose `slice` gives a view: formats rely on a copy.
  const bytes = new Uint8Array(given.buffer, given.byteOffset, given.byteLength);
  return {
    name,
    size: bytes.length,
    async read(offset, length) {
      requireWithin(name, bytes.length, offset, length);
      return bytes.subarray(offset, offset + length);
    },
  };
}

/** What is asked of a browser's `Blob`, of which a `File` is one. */
export interface BlobLike {
  readonly size: number;
  slice(start: number, end: number): { arrayBuffer(): Promise<ArrayBuffer> };
}

/** A file that a page was given: only the requested bytes are read. */
export function blobSource(blob: BlobLike, name: string): ByteSource {
  return {
    name,
    size: blob.size,
    async read(offset, length) {
      requireWithin(name, blob.size, offset, length);
      try {
        return new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer());
      } catch (error) {
        throw new InputError(`${name} cannot be read (${error instanceof Error ? error.message : String(error)}).`);
      }
    },
  };
}

/** Throws `InputError` where bytes are asked for that a source does not have. */
export function requireWithin(name: string, size: number, offset: number, length: number): void {
  if (offset >= 0 && length >= 0 && offset + length <= size) return;
  throw new InputError(
    `${name} is corrupt or truncated (it has ${size} bytes, and bytes ${offset} to ${offset + length} are missing). Copy or export it again.`,
  );
}
