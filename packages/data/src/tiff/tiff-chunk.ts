import type { InputError } from "@em-stellar/core";
import { inflate as unzlib } from "pako";
import { unpackBits } from "../unpack-bits.js";

/** Decoded samples of a strip, a tile or a page, as the integers or floats of the file. */
export type Samples = Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array;

/** An array of the type that holds samples of so many bits; format 3 is floats. */
export function sampleArray(bits: number, sampleFormat: number, length: number): Samples {
  if (bits <= 8) return new Uint8Array(length);
  if (bits === 16) return new Uint16Array(length);
  if (bits === 64) return new Float64Array(length);
  return sampleFormat === 3 ? new Float32Array(length) : new Uint32Array(length);
}

/** How the bytes of one strip or tile are laid out. */
export interface ChunkLayout {
  readonly width: number;
  readonly rows: number;
  readonly perPixel: number;
  readonly bits: number;
  readonly sampleFormat: number;
  readonly predictor: number;
  readonly littleEndian: boolean;
}

/** Numbers from the bytes of one strip or tile, its predictor undone (TIFF 6.0 §14; Adobe Photoshop TIFF Technical Note 3). */
export function unpack(raw: Uint8Array, layout: ChunkLayout, unsupported: (what: string) => InputError): Samples {
  const { width, rows, perPixel, bits, sampleFormat, predictor, littleEndian } = layout;
  const perRow = width * perPixel;
  if (predictor > 3 || (predictor === 2 && (bits < 8 || bits === 64)) || (predictor === 3 && sampleFormat !== 3)) {
    throw unsupported(`predictor ${predictor} on ${bits}-bit samples`);
  }
  if (bits < 8) return unpackBits(raw, width, rows, bits);
  const size = bits / 8;
  const floats = predictor === 3;
  const ordered = floats ? joinFloatBytes(raw, perRow, rows, perPixel, size) : raw;
  const view = new DataView(ordered.buffer, ordered.byteOffset, ordered.byteLength);
  const little = floats ? false : littleEndian;

  if (bits === 64) return Float64Array.from({ length: perRow * rows }, (_, i) => view.getFloat64(8 * i, little));
  // Floats are handled as 32-bit integers until the predictor is undone, so that no bit pattern changes.
  const values = sampleArray(bits, 1, perRow * rows);
  for (let i = 0; i < values.length; i++) {
    values[i] =
      size === 1 ? (ordered[i] as number) : size === 2 ? view.getUint16(2 * i, little) : view.getUint32(4 * i, little);
  }
  if (predictor === 2) {
    for (let y = 0; y < rows; y++) {
      for (let i = y * perRow + perPixel; i < (y + 1) * perRow; i++) {
        values[i] = (values[i] as number) + (values[i - perPixel] as number); // wraps around as the array's type does
      }
    }
  }
  return bits === 32 && sampleFormat === 3 ? new Float32Array(values.buffer) : values;
}

/** Big-endian floats from rows that hold first all first bytes, then all second ones, each as a difference. */
function joinFloatBytes(raw: Uint8Array, perRow: number, rows: number, perPixel: number, size: number): Uint8Array {
  const joined = new Uint8Array(raw.length);
  for (let y = 0; y < rows; y++) {
    const row = raw.slice(y * perRow * size, (y + 1) * perRow * size);
    for (let i = perPixel; i < row.length; i++) row[i] = (row[i] as number) + (row[i - perPixel] as number);
    for (let i = 0; i < perRow; i++) {
      for (let b = 0; b < size; b++) joined[(y * perRow + i) * size + b] = row[b * perRow + i] as number;
    }
  }
  return joined;
}

/** The bytes of one strip or tile: `length` of them, or an error. */
export function decompress(
  chunk: Uint8Array,
  compression: number,
  length: number,
  unsupported: (what: string) => InputError,
): Uint8Array {
  switch (compression) {
    case 1:
      if (chunk.length < length) throw new Error(`a piece of the image has ${chunk.length} of ${length} bytes`);
      return chunk;
    case 5:
      return unpackLzw(chunk, length);
    case 8:
    case 32946:
      return inflate(chunk, length);
    case 32773:
      return unpackRuns(chunk, length);
    default:
      throw unsupported(`${compressionNames[compression] ?? `unknown (${compression})`} compression`);
  }
}

const compressionNames: Readonly<Record<number, string>> = {
  2: "CCITT",
  3: "CCITT group 3",
  4: "CCITT group 4",
  6: "JPEG",
  7: "JPEG",
  34712: "JPEG 2000",
  34887: "LERC",
  34925: "LZMA",
  50000: "Zstandard",
  50001: "WebP",
};

function inflate(chunk: Uint8Array, length: number): Uint8Array {
  const bytes = unzlib(chunk);
  if (bytes.length < length) throw new Error(`a piece of the image has ${bytes.length} of ${length} bytes`);
  return bytes;
}

/**
 * LZW with the most significant bit first and codes that grow one entry early (TIFF 6.0 §13). A full table stays as it is
 * until it is cleared: some writers go on with it, which the LZW of `tiff` 7 refuses.
 */
function unpackLzw(chunk: Uint8Array, length: number): Uint8Array {
  const [clear, end, firstFree, full] = [256, 257, 258, 4096];
  const out = new Uint8Array(length);
  // The string of a code is the string of its prefix and one more byte.
  const prefixes = new Uint16Array(full);
  const lasts = Uint8Array.from({ length: full }, (_, code) => code);
  const lengths = new Uint32Array(full).fill(1);
  let [next, bits, previous] = [firstFree, 9, clear];
  let [bit, to] = [0, 0];
  while (to < length) {
    if (bit + bits > 8 * chunk.length) throw new Error(`a piece of the image has ${to} of ${length} bytes`);
    const byte = bit >> 3;
    const window = ((chunk[byte] as number) << 16) | ((chunk[byte + 1] ?? 0) << 8) | (chunk[byte + 2] ?? 0);
    const code = (window >> (24 - bits - (bit & 7))) & ((1 << bits) - 1);
    bit += bits;
    if (code === end) throw new Error(`a piece of the image has ${to} of ${length} bytes`);
    if (code === clear) {
      [next, bits, previous] = [firstFree, 9, clear];
      continue;
    }
    if (code > next || (previous === clear && code > clear)) throw new Error(`LZW code ${code} before it is defined`);
    // A code that is only now being defined stands for the previous string and that string's own first byte.
    const known = code < next;
    const after = to + (known ? (lengths[code] as number) : (lengths[previous] as number) + 1);
    let from = known ? code : previous;
    for (let at = known ? after - 1 : after - 2; at >= to; at--) {
      out[at] = lasts[from] as number;
      from = prefixes[from] as number;
    }
    const first = out[to] as number;
    if (!known) out[after - 1] = first;
    if (previous !== clear && next < full) {
      prefixes[next] = previous;
      lasts[next] = first;
      lengths[next] = (lengths[previous] as number) + 1;
      next++;
      if (next === 2 ** bits - 1 && bits < 12) bits++;
    }
    previous = code;
    to = after;
  }
  return out;
}

/** PackBits (TIFF 6.0 §9). */
function unpackRuns(chunk: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  let from = 0;
  let to = 0;
  while (to < length) {
    if (from >= chunk.length) throw new Error(`a piece of the image has ${to} of ${length} bytes`);
    const control = ((chunk[from++] as number) << 24) >> 24;
    if (control >= 0) {
      out.set(chunk.subarray(from, Math.min(from + control + 1, from + length - to)), to);
      from += control + 1;
      to += control + 1;
    } else if (control !== -128) {
      out.fill(chunk[from++] as number, to, to + 1 - control);
      to += 1 - control;
    }
  }
  return out;
}
