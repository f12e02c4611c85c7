import type { RowEncoder } from "../row-encoder.js";
import { crc32 } from "./crc32.js";
import { signature } from "./png-header.js";
import { createZlibStream } from "./zlib-stream.js";

/** Writes a PNG row by row: grey, 8 bits from `Uint8Array`s or 16 bits from `Uint16Array`s; or red, green and blue of 8 bits. */
export function createPngEncoder(size: {
  width: number;
  height: number;
  bits: 8;
  channels?: 1 | 3;
}): RowEncoder<Uint8Array>;
export function createPngEncoder(size: { width: number; height: number; bits: 16 }): RowEncoder<Uint16Array>;
export function createPngEncoder({
  width,
  height,
  bits,
  channels = 1,
}: {
  width: number;
  height: number;
  bits: 8 | 16;
  channels?: 1 | 3;
}): RowEncoder<Uint8Array | Uint16Array> {
  const zlib = createZlibStream();
  const start = [Uint8Array.from(signature), chunk("IHDR", header(width, height, bits, channels))];
  const rowLength = width * channels;
  let y = 0;
  const chunksOf = (parts: readonly Uint8Array[]): Uint8Array[] => [
    ...start.splice(0),
    ...parts.map((part) => chunk("IDAT", part)),
  ];
  return {
    add(rows) {
      const count = rows.length / rowLength;
      if (!Number.isInteger(count) || y + count > height) {
        throw new RangeError(`${rows.length} values are not rows of ${rowLength}, or too many for ${height} rows.`);
      }
      y += count;
      return chunksOf(zlib.add(scanlinesOf(rows, rowLength)));
    },
    end() {
      if (y < height) throw new RangeError(`The image has ${height} rows, but ${y} were given.`);
      return [...chunksOf(zlib.end()), chunk("IEND", new Uint8Array(0))];
    },
  };
}

function header(width: number, height: number, bits: number, channels: 1 | 3): Uint8Array {
  const data = new Uint8Array(13);
  const view = new DataView(data.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  data.set([bits, channels === 3 ? 2 : 0, 0, 0, 0], 8); // grey or colours, deflate, the five filters, not interlaced
  return data;
}

/** Rows as PNG has them: each behind the number of its filter, 0 for none (others gain some 1 % on probability maps), high bytes first. */
function scanlinesOf(rows: Uint8Array | Uint16Array, length: number): Uint8Array {
  const count = rows.length / length;
  const rowBytes = length * rows.BYTES_PER_ELEMENT;
  const lines = new Uint8Array(count * (1 + rowBytes));
  for (let y = 0; y < count; y++) {
    const to = y * (1 + rowBytes) + 1;
    const row = rows.subarray(y * length, (y + 1) * length);
    if (row instanceof Uint8Array) {
      lines.set(row, to);
      continue;
    }
    for (let x = 0; x < length; x++) {
      const value = row[x] as number;
      lines[to + 2 * x] = value >> 8;
      lines[to + 2 * x + 1] = value & 255;
    }
  }
  return lines;
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) bytes[4 + i] = type.charCodeAt(i);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}
