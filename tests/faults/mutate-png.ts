import { deflateSync, inflateSync } from "node:zlib";
import type { Random } from "@em-stellar/core";
import { mutateBytes, oneOf } from "./mutate-bytes.js";

interface Chunk {
  readonly type: string;
  readonly data: Uint8Array;
}

/**
 * A PNG whose checksums are right and whose content is not: a chunk that is changed, missing, doubled, moved or taken from
 * `other`, or pixels that are changed before they are compressed.
 */
export function mutatePng(bytes: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const chunks = chunksOf(bytes);
  const strange = oneOf(chunksOf(other), random);
  const at = random.integer(chunks.length);
  const chunk = chunks[at] as Chunk; // within the list
  const mutated = () => ({ type: chunk.type, data: mutateBytes(chunk.data, strange.data, random) });
  switch (random.integer(8)) {
    case 0:
      chunks.splice(at, 1);
      break;
    case 1:
      chunks.splice(random.integer(chunks.length + 1), 0, chunk);
      break;
    case 2:
      chunks.splice(random.integer(chunks.length + 1), 0, strange);
      break;
    case 3:
      chunks[at] = { type: chunk.type, data: strange.data };
      break;
    case 4:
      changeHeader(chunks, random);
      break;
    case 5:
    case 6:
      changePixels(chunks, random);
      break;
    default:
      chunks[at] = mutated();
  }
  return written(chunks);
}

/** One of the fields of the header becomes another that a header may have, or nearly so. */
function changeHeader(chunks: Chunk[], random: Random): void {
  const at = chunks.findIndex(({ type }) => type === "IHDR");
  const header = chunks[at]?.data.slice();
  if (header?.length !== 13) return;
  const field = random.integer(13);
  header[field] = field < 8 ? random.integer(80) : oneOf([0, 1, 2, 3, 4, 6, 8, 16], random);
  chunks[at] = { type: "IHDR", data: header };
}

/** Pixels in one chunk, some of them changed: filters that do not exist, rows too many or too few, all others. */
function changePixels(chunks: Chunk[], random: Random): void {
  const pixels = inflateSync(Buffer.concat(chunks.filter(({ type }) => type === "IDAT").map(({ data }) => data)));
  const at = chunks.findIndex(({ type }) => type === "IDAT");
  const rest = chunks.filter(({ type }) => type !== "IDAT");
  const data = deflateSync(mutateBytes(new Uint8Array(pixels), pixels, random), { level: 0 });
  chunks.splice(0, chunks.length, ...rest.slice(0, at), { type: "IDAT", data }, ...rest.slice(at));
}

function chunksOf(bytes: Uint8Array): Chunk[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const chunks: Chunk[] = [];
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    chunks.push({ type, data: bytes.slice(at + 8, at + 8 + length) });
    at += 12 + length;
  }
  return chunks;
}

function written(chunks: readonly Chunk[]): Uint8Array {
  const parts = chunks.map(({ type, data }) => {
    const chunk = Buffer.alloc(12 + data.length);
    chunk.writeUInt32BE(data.length, 0);
    chunk.write(type, 4, "latin1");
    chunk.set(data, 8);
    chunk.writeUInt32BE(crcOf(chunk.subarray(4, 8 + data.length)), 8 + data.length);
    return chunk;
  });
  return new Uint8Array(Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), ...parts]));
}

/** ISO 3309, bit by bit. */
function crcOf(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}
