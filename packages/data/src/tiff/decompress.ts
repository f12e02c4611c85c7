import { decompress as unpackZstd, Decompress as ZstdStream } from "fzstd";
import { inflateTo } from "../formats/inflate.js";
import { unpackLzw } from "./lzw.js";

/** A way to make the bytes of strips and tiles fewer. */
export interface Compression {
  /** Bytes that one byte can become at most, somewhat more. */
  readonly ratio: number;
  /** The promised number of bytes, or an error that says what is wrong. */
  unpack(chunk: Uint8Array, length: number): Uint8Array;
}

const deflate: Compression = { ratio: 1040, unpack: inflateTo };

/** What the pieces of an image are compressed with, by its number in TIFF. */
export const compressions: ReadonlyMap<number, Compression> = new Map([
  [1, { ratio: 1, unpack: plain }],
  [5, { ratio: 1400, unpack: unpackLzw }],
  [8, deflate],
  [32946, deflate],
  [32773, { ratio: 65, unpack: unpackRuns }],
  [50000, { ratio: 45000, unpack: unpackZstandard }],
]);

const names: Readonly<Record<number, string>> = {
  2: "CCITT",
  3: "CCITT group 3",
  4: "CCITT group 4",
  6: "JPEG",
  7: "JPEG",
  33003: "JPEG 2000",
  33004: "JPEG 2000",
  33005: "JPEG 2000",
  34712: "JPEG 2000",
  34887: "LERC",
  34892: "JPEG",
  34925: "LZMA",
  34933: "PNG",
  34934: "JPEG XR",
  50001: "WebP",
  50002: "JPEG XL",
  52546: "JPEG XL",
};

/** What messages call a compression. */
export function compressionName(compression: number): string {
  return `${names[compression] ?? `unknown (${compression})`} compression`;
}

function plain(chunk: Uint8Array, length: number): Uint8Array {
  if (chunk.length < length) throw tooShort(chunk.length, length);
  return chunk;
}

/** PackBits (TIFF 6.0 §9). */
function unpackRuns(chunk: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length);
  let from = 0;
  let to = 0;
  while (to < length) {
    if (from >= chunk.length) throw tooShort(to, length);
    const control = ((chunk[from++] as number) << 24) >> 24;
    if (control >= 0) {
      const count = Math.min(control + 1, length - to);
      if (from + count > chunk.length) throw tooShort(to + chunk.length - from, length);
      out.set(chunk.subarray(from, from + count), to);
      from += control + 1;
      to += control + 1;
    } else if (control !== -128) {
      if (from >= chunk.length) throw tooShort(to, length);
      out.fill(chunk[from++] as number, to, to + 1 - control);
      to += 1 - control;
    }
  }
  return out;
}

/** How far back Zstandard may refer where a frame does not say how long it is: as far as its own tools allow. */
const largestWindow = 2 ** 27;

/** One frame of Zstandard (RFC 8878). */
function unpackZstandard(chunk: Uint8Array, length: number): Uint8Array {
  const { content, window } = zstandardHeader(chunk);
  if (content !== undefined) {
    if (content !== length) throw tooShort(content, length);
    return unpackZstd(chunk, new Uint8Array(length));
  }
  if (window > largestWindow) throw new Error(`Zstandard data that refer ${window} bytes back`);
  const out = new Uint8Array(length);
  let to = 0;
  const stream = new ZstdStream((part) => {
    if (to + part.length > length) throw new Error(`a piece of the image has more than ${length} bytes`);
    out.set(part, to);
    to += part.length;
  });
  stream.push(chunk, true);
  if (to < length) throw tooShort(to, length);
  return out;
}

/** Bytes that a frame becomes, where it says so, and how far back it refers (RFC 8878 §3.1.1.1). */
function zstandardHeader(chunk: Uint8Array): { content: number | undefined; window: number } {
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.length);
  if (view.getUint32(0, true) !== 0xfd2fb528) throw new Error("Zstandard data without their signature");
  const flags = view.getUint8(4);
  const isSingle = (flags & 32) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][flags & 3] as number; // two bits
  const at = 5 + (isSingle ? 0 : 1) + dictionaryBytes;
  const form = flags >> 6;
  const content =
    form === 0
      ? isSingle
        ? view.getUint8(at)
        : undefined
      : form === 1
        ? view.getUint16(at, true) + 256
        : form === 2
          ? view.getUint32(at, true)
          : Number(view.getBigUint64(at, true));
  const descriptor = view.getUint8(5);
  const base = 2 ** (10 + (descriptor >> 3));
  return { content, window: isSingle ? (content ?? 0) : base + (base / 8) * (descriptor & 7) };
}

function tooShort(there: number, length: number): Error {
  return new Error(`a piece of the image has ${there} of ${length} bytes`);
}
