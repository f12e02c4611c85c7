import type { RowEncoder } from "../row-encoder.js";

interface Page {
  readonly width: number;
  readonly height: number;
}

/**
 * Writes a grey TIFF row by row, uncompressed, little-endian as the arrays of every machine are: 8 bits from `Uint8Array`s, 16 from `Uint16Array`s, 32-bit
 * floats from `Float32Array`s. Several pages make a stack; past 4 GiB the file is a BigTIFF.
 */
export function createTiffEncoder(pages: readonly Page[], bits: 8): RowEncoder<Uint8Array>;
export function createTiffEncoder(pages: readonly Page[], bits: 16): RowEncoder<Uint16Array>;
export function createTiffEncoder(pages: readonly Page[], bits: 32): RowEncoder<Float32Array>;
export function createTiffEncoder(
  pages: readonly Page[],
  bits: 8 | 16 | 32,
): RowEncoder<Uint8Array | Uint16Array | Float32Array> {
  const form = formOf(pages, bits);
  let page = 0;
  let [at, left] = [form.header.length, 0]; // bytes that are written, and that this page lacks
  const before = [form.header];
  const open = (): void => {
    const next = pages[page++];
    if (!next) throw new RangeError(`There are rows left over behind ${pages.length} pages.`);
    const directory = directoryOf(next, bits, at, page === pages.length, form);
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

/** The description of a page that begins at byte `at`; its pixels follow it, in one piece, then the next page. */
function directoryOf(page: Page, bits: number, at: number, isLast: boolean, { isBig }: Form): Uint8Array {
  const { width, height } = page;
  const bytes = dataBytes(page, bits);
  const entries = 11;
  const [countSize, entrySize, offsetSize] = isBig ? [8, 20, 8] : [2, 12, 4];
  const length = countSize + entries * entrySize + offsetSize;
  const [short, long, offset] = [3, 4, isBig ? 16 : 4];
  const tags: readonly (readonly [tag: number, type: number, value: number])[] = [
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
  const directory = new Uint8Array(length);
  const view = new DataView(directory.buffer);
  const write = (byte: number, value: number) =>
    isBig ? view.setBigUint64(byte, BigInt(value), true) : view.setUint32(byte, value, true);
  if (isBig) write(0, entries);
  else view.setUint16(0, entries, true);
  tags.forEach(([tag, type, value], i) => {
    const entry = countSize + i * entrySize;
    view.setUint16(entry, tag, true);
    view.setUint16(entry + 2, type, true);
    write(entry + 4, 1);
    write(entry + 4 + offsetSize, value); // a short in a longer field stands at its start, as the low bytes do here
  });
  write(length - offsetSize, isLast ? 0 : at + length + even(bytes));
  return directory;
}

function dataBytes({ width, height }: Page, bits: number): number {
  return (width * height * bits) / 8;
}

/** What a file refers to begins on a word. */
function even(length: number): number {
  return length + (length % 2);
}
