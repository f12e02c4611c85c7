import type { PixelSize } from "@em-stellar/core";
import type { RowEncoder } from "../row-encoder.js";

interface Page {
  readonly width: number;
  readonly height: number;
}

export interface TiffOptions {
  /** Size of a pixel and distance of slices; `null`: not told. */
  readonly pixelSize?: PixelSize | null;
}

/**
 * Writes a grey TIFF row by row, uncompressed, little-endian as the arrays of every machine are: 8 bits from `Uint8Array`s, 16 from `Uint16Array`s, 32-bit
 * floats from `Float32Array`s. Several pages make a stack; past 4 GiB the file is a BigTIFF. The size of pixels is
 * written as ImageJ and Fiji write it.
 */
export function createTiffEncoder(pages: readonly Page[], bits: 8, options?: TiffOptions): RowEncoder<Uint8Array>;
export function createTiffEncoder(pages: readonly Page[], bits: 16, options?: TiffOptions): RowEncoder<Uint16Array>;
export function createTiffEncoder(pages: readonly Page[], bits: 32, options?: TiffOptions): RowEncoder<Float32Array>;
export function createTiffEncoder(
  pages: readonly Page[],
  bits: 8 | 16 | 32,
  { pixelSize = null }: TiffOptions = {},
): RowEncoder<Uint8Array | Uint16Array | Float32Array> {
  const form = formOf(pages, bits);
  let page = 0;
  let [at, left] = [form.header.length, 0]; // bytes that are written, and that this page lacks
  const before = [form.header];
  const open = (): void => {
    const next = pages[page++];
    if (!next) throw new RangeError(`There are rows left over behind ${pages.length} pages.`);
    const directory = directoryOf(
      next,
      bits,
      at,
      { isFirst: page === 1, isLast: page === pages.length, pixelSize },
      form,
    );
    before.push(directory);
    left = dataBytes(next, bits);
    at += directory.length + even(left);
  };
  return {
    add(rows) {
      if (left === 0) open();
      if (rows.byteLength > left) {
        throw new RangeError(`${rows.byteLength} bytes of rows are more than the ${left} that page ${page} lacks.`);
      }
      left -= rows.byteLength;
      const padding = left === 0 && dataBytes(pages[page - 1] as Page, bits) % 2 === 1 ? [new Uint8Array(1)] : [];
      return [...before.splice(0), new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength).slice(), ...padding];
    },
    end() {
      if (left > 0 || page < pages.length) {
        throw new RangeError(`Page ${Math.max(1, page)} of ${pages.length} lacks ${left} bytes of rows.`);
      }
      return [];
    },
  };
}

/** What differs between the two forms of TIFF. */
interface Form {
  readonly header: Uint8Array;
  /** Whether offsets have 64 bits. */
  readonly isBig: boolean;
}

function formOf(pages: readonly Page[], bits: number): Form {
  const total = pages.reduce((sum, page) => sum + 512 + dataBytes(page, bits), 16);
  const isBig = total >= 2 ** 32;
  const header = new Uint8Array(isBig ? 16 : 8);
  const view = new DataView(header.buffer);
  view.setUint16(0, 0x4949, true);
  view.setUint16(2, isBig ? 43 : 42, true);
  if (isBig) view.setUint16(4, 8, true);
  view.setUint32(isBig ? 8 : 4, header.length, true); // the first page follows at once
  return { header, isBig };
}

/** A field: a number, or bytes that may not fit into it. */
type Field = readonly [tag: number, type: number, value: number | Values];

interface Values {
  readonly count: number;
  readonly bytes: Uint8Array;
}

/** What a directory says beside the size of its page. */
interface PageOptions {
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly pixelSize: PixelSize | null;
}

/** The description of a page that begins at byte `at`; its pixels follow it, in one piece, then the next page. */
function directoryOf(
  page: Page,
  bits: number,
  at: number,
  { isFirst, isLast, pixelSize }: PageOptions,
  { isBig }: Form,
): Uint8Array {
  const { width, height } = page;
  const bytes = dataBytes(page, bits);
  const [countSize, entrySize, offsetSize] = isBig ? [8, 20, 8] : [2, 12, 4];
  const [short, long, offset] = [3, 4, isBig ? 16 : 4];
  const sizes = pixelSize ? pixelSizeFields(pixelSize, isFirst) : [];
  const entries = 11 + sizes.length;
  const end = countSize + entries * entrySize + offsetSize;
  const length = sizes.reduce((sum, [, , value]) => sum + outsideBytes(value, offsetSize), end);
  const plain: readonly Field[] = [
    [256, long, width],
    [257, long, height],
    [258, short, bits],
    [259, short, 1], // not compressed
    [262, short, 1], // black is zero
    [273, offset, at + length],
    [277, short, 1], // channels
    [278, long, height],
    [279, offset, bytes],
    [284, short, 1], // channels of a pixel side by side
    [339, short, bits === 32 ? 3 : 1], // floats, or whole numbers
  ];
  const fields = [...plain, ...sizes].sort(([a], [b]) => a - b);
  const directory = new Uint8Array(length);
  const view = new DataView(directory.buffer);
  const write = (byte: number, value: number) =>
    isBig ? view.setBigUint64(byte, BigInt(value), true) : view.setUint32(byte, value, true);
  if (isBig) write(0, entries);
  else view.setUint16(0, entries, true);
  let outside = end;
  fields.forEach(([tag, type, value], i) => {
    const entry = countSize + i * entrySize;
    const place = entry + 4 + offsetSize;
    view.setUint16(entry, tag, true);
    view.setUint16(entry + 2, type, true);
    write(entry + 4, typeof value === "number" ? 1 : value.count);
    if (typeof value === "number") {
      write(place, value); // a short in a longer field stands at its start, as the low bytes do here
    } else if (value.bytes.length <= offsetSize) {
      directory.set(value.bytes, place);
    } else {
      write(place, at + outside);
      directory.set(value.bytes, outside);
      outside += outsideBytes(value, offsetSize);
    }
  });
  write(end - offsetSize, isLast ? 0 : at + length + even(bytes));
  return directory;
}

/** Bytes that a field takes behind the directory. */
function outsideBytes(value: number | Values, offsetSize: number): number {
  return typeof value === "number" || value.bytes.length <= offsetSize ? 0 : even(value.bytes.length);
}

/**
 * Pixels for each unit, which TIFF itself knows for inches and centimetres alone. Others, and the distance of slices, stand in
 * a description that ImageJ, Fiji and tifffile read.
 */
function pixelSizeFields({ x, y, z, unit }: PixelSize, isFirst: boolean): Field[] {
  const [ascii, short, rational] = [2, 3, 5];
  const plainUnit = unit === "inch" ? 2 : unit === "cm" ? 3 : undefined;
  const lines = [
    "ImageJ=1.54f", // whose form it is; without this line nothing is read
    ...(plainUnit === undefined ? [`unit=${unit === "µm" ? "micron" : unit}`] : []),
    ...(z === undefined ? [] : [`spacing=${z}`]),
  ];
  const text = Uint8Array.from(`${lines.join("\n")}\n\0`, (letter) => Math.min(255, letter.charCodeAt(0)));
  const isDescribed = isFirst && lines.length > 1;
  return [
    ...(isDescribed ? [[270, ascii, { count: text.length, bytes: text }] as const] : []),
    [282, rational, { count: 1, bytes: ratio(1 / x) }],
    [283, rational, { count: 1, bytes: ratio(1 / y) }],
    [296, short, plainUnit ?? 1],
  ];
}

/** Two whole numbers whose ratio is the value, to a millionth where it is small enough. */
function ratio(value: number): Uint8Array {
  const below = value < 4000 ? 1_000_000 : 1;
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, Math.min(2 ** 32 - 1, Math.round(value * below)), true);
  view.setUint32(4, below, true);
  return bytes;
}

function dataBytes({ width, height }: Page, bits: number): number {
  return (width * height * bits) / 8;
}

/** What a file refers to begins on a word. */
function even(length: number): number {
  return length + (length % 2);
}
