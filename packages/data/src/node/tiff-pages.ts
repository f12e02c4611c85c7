import type { FileHandle } from "node:fs/promises";
import { InputError } from "@em-stellar/core";

/** Where a page of a TIFF file is described, and its size. */
export interface TiffPage {
  /** Byte at which the page's directory begins. */
  readonly directory: number;
  readonly width: number;
  readonly height: number;
}

/** The tags that pixels are decoded from; what else a page carries (descriptions, metadata of microscopes) stays behind. */
const tagsOfPixels = new Set([
  254, 256, 257, 258, 259, 262, 266, 273, 274, 277, 278, 279, 284, 317, 320, 322, 323, 324, 325, 338, 339,
]);
const [subfileType, imageWidth, imageHeight, bitsPerSample, compression] = [254, 256, 257, 258, 259];
const [stripOffsets, samplesPerPixel, stripByteCounts, tileOffsets, tileByteCounts] = [273, 277, 279, 324, 325];

/** Bytes of one value of each field type; 13 and 16 to 18 are offsets, the last three of BigTIFF. */
const bytesOfType: Readonly<Record<number, number>> = {
  1: 1,
  2: 1,
  3: 2,
  4: 4,
  5: 8,
  6: 1,
  7: 1,
  8: 2,
  9: 4,
  10: 8,
  11: 4,
  12: 8,
  13: 4,
  16: 8,
  17: 8,
  18: 8,
};

/** How the numbers of a file are written. */
interface Layout {
  readonly littleEndian: boolean;
  /** BigTIFF: offsets and counts have 64 bits. */
  readonly big: boolean;
  readonly first: number;
}

interface Entry {
  readonly tag: number;
  readonly type: number;
  readonly count: number;
  /** Byte in the file at which its values begin. */
  readonly at: number;
}

/** A TIFF file (BigTIFF too) of which only what is asked for is read, however many pages it has. */
export class TiffFile {
  readonly #file: FileHandle;
  readonly #name: string;
  #size: number | undefined;
  #layout: Layout | undefined;

  constructor(file: FileHandle, name: string) {
    this.#file = file;
    this.#name = name;
  }

  /** Every page but thumbnails, without its pixels. Throws `InputError` where the chain of directories is damaged. */
  async pages(): Promise<TiffPage[]> {
    const { first } = await this.#open();
    const pages: TiffPage[] = [];
    const seen = new Set<number>();
    for (let directory = first; directory !== 0; ) {
      if (seen.has(directory)) throw this.#damaged("its pages form a circle");
      seen.add(directory);
      const { entries, next } = await this.#directory(directory);
      const one = async (tag: number) => (await this.#values(entries, tag))[0] ?? 0;
      const [width, height] = [await one(imageWidth), await one(imageHeight)];
      if (((await one(subfileType)) & 1) === 0) {
        if (!(width > 0 && height > 0)) {
          throw this.#damaged(`page ${pages.length + 1} is ${width} × ${height} pixels`);
        }
        pages.push({ directory, width, height });
      }
      directory = next;
    }
    if (pages.length === 0) throw this.#damaged("it has no page");
    return pages;
  }

  /** A TIFF of one page with the pixels of a page of this file, still as they were compressed. */
  async extract(directory: number): Promise<Uint8Array> {
    const { littleEndian } = await this.#open();
    const { entries } = await this.#directory(directory);
    const offsetTag = entries.has(tileOffsets) ? tileOffsets : stripOffsets;
    const countTag = offsetTag === tileOffsets ? tileByteCounts : stripByteCounts;
    const offsets = await this.#values(entries, offsetTag);
    const counts = entries.has(countTag) ? await this.#values(entries, countTag) : [await this.#plainSize(entries)];
    if (offsets.length === 0 || counts.length < offsets.length) {
      throw this.#damaged(`${counts.length} of ${offsets.length} pieces of a page are described`);
    }

    const kept = [...entries.values()].filter(({ tag }) => tagsOfPixels.has(tag) && tag !== countTag);
    const fields: { tag: number; type: number; count: number; bytes: Uint8Array }[] = [];
    for (const { tag, type, count, at } of kept) {
      if (tag === offsetTag) continue;
      const values = type < 16 ? undefined : await this.#values(entries, tag);
      const bytes = values ? longs(values, littleEndian) : await this.#bytes(at, count * (bytesOfType[type] ?? 1));
      fields.push({ tag, type: values ? 4 : type, count, bytes });
    }
    const total = 8 + 2 + 12 * (fields.length + 2) + 4;
    const external = fields.reduce((sum, { bytes }) => sum + (bytes.length > 4 ? even(bytes.length) : 0), 0);
    const places = 4 * offsets.length; // of either list
    let at = total + external + 2 * places;
    const moved = offsets.map((_, i) => {
      const here = at;
      at += counts[i] as number; // as many as there are offsets: compared above
      return here;
    });
    fields.push({ tag: offsetTag, type: 4, count: offsets.length, bytes: longs(moved, littleEndian) });
    fields.push({
      tag: countTag,
      type: 4,
      count: offsets.length,
      bytes: longs(counts.slice(0, offsets.length), littleEndian),
    });
    fields.sort((a, b) => a.tag - b.tag);

    const out = new Uint8Array(at);
    const view = new DataView(out.buffer);
    out.set(littleEndian ? [0x49, 0x49] : [0x4d, 0x4d]);
    view.setUint16(2, 42, littleEndian);
    view.setUint32(4, 8, littleEndian);
    view.setUint16(8, fields.length, littleEndian);
    let free = total;
    fields.forEach(({ tag, type, count, bytes }, i) => {
      const entry = 10 + 12 * i;
      view.setUint16(entry, tag, littleEndian);
      view.setUint16(entry + 2, type, littleEndian);
      view.setUint32(entry + 4, count, littleEndian);
      if (bytes.length <= 4) {
        out.set(bytes, entry + 8);
        return;
      }
      view.setUint32(entry + 8, free, littleEndian);
      out.set(bytes, free);
      free += even(bytes.length);
    });
    for (const [i, offset] of offsets.entries()) {
      out.set(await this.#bytes(offset, counts[i] as number), moved[i] as number); // lists of one length
    }
    return out;
  }

  /** Bytes of a page in one uncompressed piece: some writers leave out what follows from its size. */
  async #plainSize(entries: ReadonlyMap<number, Entry>): Promise<number> {
    const one = async (tag: number, absent: number) => (await this.#values(entries, tag))[0] ?? absent;
    if ((await one(compression, 1)) !== 1) throw this.#damaged("the sizes of its compressed pieces are missing");
    const bits = (await one(bitsPerSample, 1)) * (await one(samplesPerPixel, 1));
    return Math.ceil(((await one(imageWidth, 0)) * bits) / 8) * (await one(imageHeight, 0));
  }

  async #open(): Promise<Layout> {
    if (this.#layout) return this.#layout;
    const header = await this.#bytes(0, 8);
    const littleEndian = header[0] === 0x49;
    const view = new DataView(header.buffer);
    const magic = view.getUint16(2, littleEndian);
    if (magic !== 42 && magic !== 43) throw this.#damaged(`42 should stand where ${magic} does`);
    const big = magic === 43;
    const first = big
      ? Number(new DataView((await this.#bytes(8, 8)).buffer).getBigUint64(0, littleEndian))
      : view.getUint32(4, littleEndian);
    this.#layout = { littleEndian, big, first };
    return this.#layout;
  }

  async #directory(at: number): Promise<{ entries: Map<number, Entry>; next: number }> {
    const { littleEndian, big } = await this.#open();
    const number = (view: DataView, byte: number) =>
      big ? Number(view.getBigUint64(byte, littleEndian)) : view.getUint32(byte, littleEndian);
    const [head, size, offset] = big ? [8, 20, 8] : [2, 12, 4];
    const counted = new DataView((await this.#bytes(at, head)).buffer);
    const count = big ? number(counted, 0) : counted.getUint16(0, littleEndian);
    if (count > 65535) throw this.#damaged(`a page is described by ${count} fields`);
    const view = new DataView((await this.#bytes(at + head, count * size + offset)).buffer);
    const entries = new Map<number, Entry>();
    for (let i = 0; i < count; i++) {
      const byte = i * size;
      const [tag, type] = [view.getUint16(byte, littleEndian), view.getUint16(byte + 2, littleEndian)];
      const values = number(view, byte + 4);
      const within = (bytesOfType[type] ?? 1) * values <= offset;
      const inline = at + head + byte + 4 + offset;
      entries.set(tag, { tag, type, count: values, at: within ? inline : number(view, byte + 4 + offset) });
    }
    return { entries, next: number(view, count * size) };
  }

  /** The whole numbers of a field; none where it is absent. */
  async #values(entries: ReadonlyMap<number, Entry>, tag: number): Promise<number[]> {
    const entry = entries.get(tag);
    if (!entry) return [];
    const { littleEndian } = await this.#open();
    const { type, count, at } = entry;
    const size = bytesOfType[type] ?? 1;
    const view = new DataView((await this.#bytes(at, count * size)).buffer);
    return Array.from({ length: count }, (_, i) =>
      size === 1
        ? view.getUint8(i)
        : size === 2
          ? view.getUint16(2 * i, littleEndian)
          : size === 4
            ? view.getUint32(4 * i, littleEndian)
            : Number(view.getBigUint64(8 * i, littleEndian)),
    );
  }

  async #bytes(at: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    this.#size ??= (await this.#file.stat()).size;
    if (at + length > this.#size) throw this.#damaged(`it ends at byte ${this.#size}, before ${at + length}`);
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const { bytesRead } = await this.#file.read(bytes, done, length - done, at + done);
      if (bytesRead === 0) throw this.#damaged(`it ends at byte ${at + done}`);
      done += bytesRead;
    }
    return bytes;
  }

  #damaged(problem: string): InputError {
    return new InputError(`${this.#name} is a corrupt or truncated TIFF (${problem}). Copy or export it again.`);
  }
}

function longs(values: readonly number[], littleEndian: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * values.length));
  values.forEach((value, i) => {
    view.setUint32(4 * i, value, littleEndian);
  });
  return new Uint8Array(view.buffer);
}

/** Values begin on a word. */
function even(length: number): number {
  return length + (length % 2);
}
