import type { DecodedImage } from "@em-stellar/core";
import { inflateTo } from "../formats/inflate.js";
import { requireSize } from "../formats/largest-image.js";
import { unpackBits } from "../formats/unpack-bits.js";
import { refuseTransparency, withoutAlpha } from "../transparency.js";
import { crc32 } from "./crc32.js";
import {
  type Chunk,
  chunkAt,
  damagedPng,
  type PngHeader,
  readHeader,
  readPalette,
  samplesOfColour,
  signature,
} from "./png-header.js";
import { unfilter } from "./unfilter.js";

/** An image of 1 to 16 bits. */
interface DecodedPng extends DecodedImage {
  readonly data: Uint8Array | Uint16Array;
}

/** Deflate makes at most 1032 bytes of one. */
const largestRatio = 1040;

/**
 * The pixels of a PNG, of which the first `rows` are enough where it is not interlaced. Chunks that tell about the image are
 * passed over, damaged ones too. Throws `InputError` naming the file where the others are damaged or pixels are transparent.
 */
export function decodePng(bytes: Uint8Array, name: string, rows?: number): DecodedPng {
  const chunks = chunksOf(bytes, name);
  const dataOf = ({ at, length }: Chunk) => bytes.subarray(at, at + length);
  const [first] = chunks as [Chunk]; // compared in chunksOf
  const header = readHeader(dataOf(first), name);
  const { width, depth, colour, isInterlaced } = header;
  const samples = samplesOfColour[colour];
  const height = isInterlaced ? header.height : Math.min(rows ?? header.height, header.height);
  requireSize(name, width, height, samples);

  const parts = chunks.filter(({ type }) => type === "IDAT").map(dataOf);
  const stored = parts.reduce((sum, part) => sum + part.length, 0);
  const passes = isInterlaced
    ? adam7.map((pass) => passOf(pass, width, height))
    : [{ x: 0, y: 0, dx: 1, dy: 1, width, height }];
  const bytesOfPass = (pass: Pass) => (pass.width === 0 ? 0 : pass.height * (1 + rowBytes(pass.width, samples, depth)));
  const length = passes.reduce((sum, pass) => sum + bytesOfPass(pass), 0);
  if (length > largestRatio * stored) throw damagedPng(name, `its ${stored} bytes of pixels are too few for ${length}`);
  const raw = inflated(joined(parts, stored), length, name);

  let data: Uint8Array | Uint16Array = new (depth === 16 ? Uint16Array : Uint8Array)(
    isInterlaced ? width * height * samples : 0,
  );
  let at = 0;
  for (const pass of passes) {
    if (pass.width === 0 || pass.height === 0) continue;
    const end = at + bytesOfPass(pass);
    const lines = unfilter(
      raw.subarray(at, end),
      rowBytes(pass.width, samples, depth),
      Math.max(1, (samples * depth) / 8),
    );
    if (typeof lines === "number") throw damagedPng(name, `filter ${lines} does not exist`);
    const values = valuesOf(lines, pass.width * samples, pass.height, depth);
    if (isInterlaced) place(values, pass, data, width, samples);
    else data = values;
    at = end;
  }
  const part = (type: string) => {
    const chunk = chunks.find((each) => each.type === type);
    return chunk && dataOf(chunk);
  };
  return asImage({ ...header, height }, data, part("PLTE"), part("tRNS"), name);
}

/** Every chunk but the metadata with a wrong checksum, which decoders pass over. */
function chunksOf(bytes: Uint8Array, name: string): Chunk[] {
  if (signature.some((byte, i) => bytes[i] !== byte)) throw damagedPng(name, "it does not begin like a PNG");
  const chunks: Chunk[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = signature.length; ; ) {
    const chunk = chunkAt(at, bytes.subarray(at, at + 8), bytes.length, name);
    const end = chunk.at + chunk.length;
    if (chunks.length === 0 && chunk.type !== "IHDR") throw damagedPng(name, "it does not begin with its header");
    if (end + 4 > bytes.length) throw damagedPng(name, `it ends after ${bytes.length} bytes, within its pixels`);
    if (isNeeded(chunk.type)) {
      requireInPlace(chunk, chunks, name);
      if (crc32(bytes.subarray(at + 4, end)) !== view.getUint32(end)) {
        throw damagedPng(name, `the checksum of its ${chunk.type} chunk is wrong`);
      }
      chunks.push(chunk);
    }
    if (chunk.type === "IEND") return chunks;
    at = end + 4;
  }
}

/** Chunks whose name begins with a capital are needed to read the pixels; so is the one of transparency. */
function isNeeded(type: string): boolean {
  return type === "tRNS" || type < "a";
}

/** Header and palette stand once, before the pixels (ISO/IEC 15948 §5.6): of two, nobody can tell which one is meant. */
function requireInPlace({ type }: Chunk, before: readonly Chunk[], name: string): void {
  const [isHeader, isPalette] = [type === "IHDR", type === "PLTE"];
  if ((isHeader || isPalette) && before.some((each) => each.type === type || each.type === "IDAT")) {
    throw damagedPng(name, `it has ${isHeader ? "two headers" : "two palettes, or one behind its pixels"}`);
  }
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const [only] = parts;
  if (only && parts.length === 1) return only;
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function inflated(data: Uint8Array, length: number, name: string): Uint8Array {
  try {
    return inflateTo(data, length);
  } catch (error) {
    throw damagedPng(name, error instanceof Error ? error.message : String(error));
  }
}

function rowBytes(width: number, samples: number, depth: number): number {
  return Math.ceil((width * samples * depth) / 8);
}

/** The pixels that are stored together: each `dx` columns from `x` and `dy` rows from `y` on. */
interface Pass {
  readonly x: number;
  readonly y: number;
  readonly dx: number;
  readonly dy: number;
  readonly width: number;
  readonly height: number;
}

/** First column and row, and steps, of the seven passes of an interlaced image (ISO/IEC 15948 §8.2). */
const adam7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

function passOf([x, y, dx, dy]: (typeof adam7)[number], width: number, height: number): Pass {
  return {
    x,
    y,
    dx,
    dy,
    width: Math.max(0, Math.ceil((width - x) / dx)),
    height: Math.max(0, Math.ceil((height - y) / dy)),
  };
}

/** Numbers from whole rows of bytes. */
function valuesOf(lines: Uint8Array, perRow: number, rows: number, depth: number): Uint8Array | Uint16Array {
  if (depth === 8) return lines;
  if (depth < 8) return unpackBits(lines, perRow, rows, depth);
  const values = new Uint16Array(perRow * rows);
  for (let i = 0; i < values.length; i++) values[i] = ((lines[2 * i] as number) << 8) | (lines[2 * i + 1] as number);
  return values;
}

function place(
  values: Uint8Array | Uint16Array,
  { x, y, dx, dy, width, height }: Pass,
  data: Uint8Array | Uint16Array,
  imageWidth: number,
  samples: number,
): void {
  let from = 0;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const to = ((y + row * dy) * imageWidth + x + column * dx) * samples;
      for (let s = 0; s < samples; s++) data[to + s] = values[from++] as number;
    }
  }
}

function asImage(
  { width, height, depth, colour }: PngHeader,
  data: Uint8Array | Uint16Array,
  paletteData: Uint8Array | undefined,
  transparency: Uint8Array | undefined,
  name: string,
): DecodedPng {
  const fullRange = 2 ** depth - 1;
  if (colour === "palette") {
    if (!paletteData) throw damagedPng(name, "its palette is missing");
    const palette = readPalette(paletteData, name);
    let clear = 0;
    for (const index of data) {
      if (index >= palette.length) throw damagedPng(name, `index ${index} is outside its palette of ${palette.length}`);
      if ((transparency?.[index] ?? 255) < 255) clear++;
    }
    if (clear > 0) refuseTransparency(name, clear, width * height);
    return { width, height, channels: 1, data, fullRange, palette };
  }
  // A palette beside other colours is a suggestion for small screens.
  if (paletteData && colour !== "grey" && colour !== "grey-alpha") readPalette(paletteData, name);
  const samples = samplesOfColour[colour];
  if (colour === "grey" || colour === "rgb") {
    if (transparency) refuseColour(data, samples, transparency, fullRange, name);
    return { width, height, channels: samples, data, fullRange };
  }
  return { width, height, channels: samples - 1, data: withoutAlpha(data, samples, fullRange, name), fullRange };
}

/** One colour, of 16 bits for each sample, may stand for transparent pixels; of them, those beyond the image's depth do not count. */
function refuseColour(
  data: Uint8Array | Uint16Array,
  samples: number,
  colour: Uint8Array,
  fullRange: number,
  name: string,
): void {
  if (colour.length < 2 * samples) return;
  const wanted = Array.from(
    { length: samples },
    (_, s) => (((colour[2 * s] as number) << 8) | (colour[2 * s + 1] as number)) & fullRange,
  );
  let clear = 0;
  for (let i = 0; i < data.length; i += samples) if (wanted.every((value, s) => data[i + s] === value)) clear++;
  if (clear > 0) refuseTransparency(name, clear, data.length / samples);
}
