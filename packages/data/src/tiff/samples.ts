import { unpackBits } from "../formats/unpack-bits.js";
import type { Layout } from "./layout.js";
import { unsupportedTiff } from "./tiff-errors.js";

/** Stored numbers: whole ones of up to 32 bits as unsigned bit patterns, until it is settled what they are. */
export type Samples = Uint8Array | Uint16Array | Uint32Array | BigUint64Array;

/** An array of the type that holds samples of so many bits. */
export function sampleArray(bits: number, length: number): Samples {
  if (bits <= 8) return new Uint8Array(length);
  if (bits <= 16) return new Uint16Array(length);
  return bits === 32 ? new Uint32Array(length) : new BigUint64Array(length);
}

/** What a piece of an image needs to be known by. */
export type PieceLayout = Pick<Layout, "bits" | "sampleType" | "predictor" | "littleEndian"> & {
  readonly width: number;
  readonly rows: number;
  /** Samples of a pixel in this piece. */
  readonly perPixel: number;
};

/** Throws `InputError` for a predictor that is not read, before anything is decoded. */
export function requirePredictor(
  name: string,
  { bits, sampleType, predictor }: Omit<PieceLayout, "width" | "rows" | "perPixel">,
): void {
  const isRead =
    predictor === 1 || (bits % 8 === 0 && (predictor === 2 || (predictor === 3 && sampleType === "float")));
  if (!isRead) throw unsupportedTiff(name, `predictor ${predictor} on ${bits}-bit samples`);
}

/**
 * Numbers from the bytes of one strip or tile, its predictor undone (TIFF 6.0 §14; Adobe Photoshop TIFF Technical Note 3). May change
 * `raw`. Where they have to be in the end is `place`, if that is known: they may be there already, and are then what is returned.
 */
export function samplesOf(raw: Uint8Array, layout: PieceLayout, place?: Samples): Samples {
  const { width, rows, perPixel, bits, predictor, littleEndian } = layout;
  const perRow = width * perPixel;
  if (bits % 8 !== 0) return unpackBits(raw, perRow, rows, bits);
  if (bits === 8 && perPixel === 1 && predictor === 2 && perRow % 4 === 0) {
    const [from, to] = [wordsOf(raw, perRow * rows), wordsOf(place ?? raw, perRow * rows)];
    if (from && to) {
      addUpBytes(from, to, perRow / 4, rows);
      return place ?? raw.subarray(0, perRow * rows);
    }
  }
  const size = bits / 8;
  const ordered = predictor === 3 ? joinFloatBytes(raw, perRow, rows, perPixel, size) : raw;
  const samples = inOrder(ordered, perRow * rows, bits, predictor === 3 ? false : littleEndian);
  if (predictor === 2) addUp(samples, perRow, rows, perPixel);
  return samples;
}

/** Views the bytes as numbers where the machine orders them alike, and turns them over where not. */
function inOrder(bytes: Uint8Array, length: number, bits: number, littleEndian: boolean): Samples {
  if (bits === 8) return bytes.subarray(0, length);
  const size = bits / 8;
  if (!littleEndian) {
    return inOrder(swapped(bytes.subarray(0, length * size), size), length, bits, true);
  }
  const aligned = bytes.byteOffset % size === 0 ? bytes : bytes.slice(0, length * size);
  const { buffer, byteOffset } = aligned;
  if (size === 2) return new Uint16Array(buffer, byteOffset, length);
  return size === 4 ? new Uint32Array(buffer, byteOffset, length) : new BigUint64Array(buffer, byteOffset, length);
}

/** The bytes of each number the other way round. */
function swapped(bytes: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(bytes.length);
  for (let b = 0; b < size; b++) {
    for (let from = b, to = size - 1 - b; from < bytes.length; from += size, to += size)
      out[to] = bytes[from] as number;
  }
  return out;
}

/** Each sample is stored as its difference from that of the pixel before. Sums wrap around as the array's type does. */
function addUp(samples: Samples, perRow: number, rows: number, perPixel: number): void {
  if (samples instanceof BigUint64Array) {
    for (let y = 0; y < rows; y++) {
      for (let i = y * perRow + perPixel; i < (y + 1) * perRow; i++) {
        samples[i] = (samples[i] as bigint) + (samples[i - perPixel] as bigint);
      }
    }
  } else addUpNumbers(samples, perRow, rows, perPixel);
}

/** Bytes as words of four; undefined where they do not begin at one. */
function wordsOf({ buffer, byteOffset }: Samples, length: number): Uint32Array | undefined {
  return byteOffset % 4 === 0 ? new Uint32Array(buffer, byteOffset, length / 4) : undefined;
}

/**
 * Sums along rows of bytes, four at a time, of words of which the first of four bytes is the lowest: the even and the odd bytes of a
 * word are two numbers of 16 bits each, with room for the sums.
 */
function addUpBytes(from: Uint32Array, to: Uint32Array, perRow: number, rows: number): void {
  const even = 0x00ff00ff; // the bytes 0 and 2
  for (let y = 0; y < rows; y++) {
    const end = (y + 1) * perRow;
    let before = 0; // the last sum
    for (let i = y * perRow; i < end; i++) {
      const word = (from[i] as number) | 0;
      const second = (word >>> 8) & even;
      const pairs = ((word & even) + second) | 0;
      const after = (pairs + (pairs << 16) + Math.imul(before, 0x00010001)) | 0; // up to the bytes 1 and 3
      to[i] = ((after - second) & even) | ((after & even) << 8);
      before = (after >>> 16) & 255;
    }
  }
}

/** Channel by channel, so that the sample before stays in a register. */
function addUpNumbers(samples: Exclude<Samples, BigUint64Array>, perRow: number, rows: number, perPixel: number): void {
  for (let y = 0; y < rows; y++) {
    for (let channel = 0; channel < perPixel; channel++) {
      let sum = 0;
      for (let i = y * perRow + channel; i < (y + 1) * perRow; i += perPixel) {
        sum = (sum + (samples[i] as number)) | 0;
        samples[i] = sum;
      }
    }
  }
}

/** Big-endian floats from rows that hold first all first bytes, then all second ones, each as a difference. */
function joinFloatBytes(raw: Uint8Array, perRow: number, rows: number, perPixel: number, size: number): Uint8Array {
  const joined = new Uint8Array(raw.length);
  for (let y = 0; y < rows; y++) {
    const row = raw.subarray(y * perRow * size, (y + 1) * perRow * size);
    for (let i = perPixel; i < row.length; i++) row[i] = (row[i] as number) + (row[i - perPixel] as number);
    for (let i = 0; i < perRow; i++) {
      for (let b = 0; b < size; b++) joined[(y * perRow + i) * size + b] = row[b * perRow + i] as number;
    }
  }
  return joined;
}
