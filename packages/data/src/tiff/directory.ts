import type { ByteSource } from "@em-stellar/core";
import { damagedTiff } from "./tiff-errors.js";

/** Bytes of one value of each field type that holds whole numbers; 13, 16 and 18 are offsets, the last two of BigTIFF. */
const bytesOfWhole: Readonly<Record<number, number>> = {
  1: 1,
  3: 2,
  4: 4,
  6: 1,
  8: 2,
  9: 4,
  13: 4,
  16: 8,
  17: 8,
  18: 8,
};
const signedTypes: ReadonlySet<number> = new Set([6, 8, 9, 17]);
const [ascii, rational] = [2, 5];

/** More directories than any stack has: a chain that a damaged file leads through itself ends here. */
const mostDirectories = 1_000_000;

/** How the numbers of a file are written. */
export interface ByteOrder {
  readonly littleEndian: boolean;
  /** BigTIFF: offsets and counts have 64 bits. */
  readonly isBig: boolean;
}

interface Field {
  readonly type: number;
  readonly count: number;
  /** Byte in the file at which its values begin. */
  readonly at: number;
  /** Its values, where they stand in the directory itself. */
  readonly inside?: DataView;
}

/** What describes one image of a TIFF: its fields by tag, whose values are read on request. */
export class Directory {
  readonly #source: ByteSource;
  readonly #order: ByteOrder;
  readonly #fields: ReadonlyMap<number, Field>;

  constructor(source: ByteSource, order: ByteOrder, fields: ReadonlyMap<number, Field>) {
    this.#source = source;
    this.#order = order;
    this.#fields = fields;
  }

  has(tag: number): boolean {
    return this.#fields.has(tag);
  }

  /** How many values a field has; 0 where it is absent. Throws `InputError` for more than the file can hold. */
  count(tag: number): number {
    const { type, count } = this.#fields.get(tag) ?? { type: 1, count: 0 };
    if (count * (bytesOfWhole[type] ?? 1) <= this.#source.size) return count;
    throw damagedTiff(this.#source.name, `field ${tag} has ${count} values, more than the file can hold`);
  }

  /** The first number of a field, or what stands for an absent one. */
  async number<T>(tag: number, absent: T): Promise<number | T> {
    return this.#fields.has(tag) ? ((await this.numbers(tag, 1))[0] ?? absent) : absent;
  }

  /** The whole numbers of a field, at most so many of them; none where it is absent. */
  async numbers(tag: number, most: number): Promise<number[]> {
    const field = this.#fields.get(tag);
    if (!field) return [];
    const size = bytesOfWhole[field.type];
    if (size === undefined) {
      throw damagedTiff(this.#source.name, `field ${tag} should hold whole numbers, but is of type ${field.type}`);
    }
    if (field.count === 0) throw damagedTiff(this.#source.name, `field ${tag} is empty`);
    // Also of those that are not asked for: a count beyond the file is that of a damaged field, whose values lie anywhere.
    const count = Math.min(this.count(tag), most);
    const view = field.inside ?? (await this.#view(tag, field.at, count * size));
    const little = this.#order.littleEndian;
    const isSigned = signedTypes.has(field.type);
    return Array.from({ length: count }, (_, i) => {
      if (size === 1) return isSigned ? view.getInt8(i) : view.getUint8(i);
      if (size === 2) return isSigned ? view.getInt16(2 * i, little) : view.getUint16(2 * i, little);
      if (size === 4) return isSigned ? view.getInt32(4 * i, little) : view.getUint32(4 * i, little);
      return Number(isSigned ? view.getBigInt64(8 * i, little) : view.getBigUint64(8 * i, little));
    });
  }

  /** The text of a field that tells about the image, cut off after `most` characters; empty where there is none or it is damaged. */
  async text(tag: number, most: number): Promise<string> {
    const field = this.#fields.get(tag);
    if (field?.type !== ascii || field.at + field.count > this.#source.size) return "";
    const view = await this.#view(tag, field.at, Math.min(field.count, most));
    const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    let text = "";
    for (const byte of bytes) {
      if (byte === 0) break;
      text += String.fromCharCode(byte);
    }
    return text;
  }

  /** The first ratio of a field that tells about the image; undefined where there is none or it is damaged. */
  async ratio(tag: number): Promise<number | undefined> {
    const field = this.#fields.get(tag);
    if (field?.type !== rational || field.count < 1 || field.at + 8 > this.#source.size) return undefined;
    const view = await this.#view(tag, field.at, 8);
    const [above, below] = [view.getUint32(0, this.#order.littleEndian), view.getUint32(4, this.#order.littleEndian)];
    return below === 0 ? undefined : above / below;
  }

  async #view(tag: number, at: number, length: number): Promise<DataView> {
    if (at + length > this.#source.size) {
      throw damagedTiff(this.#source.name, `it ends at byte ${this.#source.size}, within its field ${tag}`);
    }
    const bytes = await this.#source.read(at, length);
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }
}

/** Every directory of a TIFF, in order. Throws `InputError` where the chain is damaged. */
export async function readDirectories(source: ByteSource): Promise<{ order: ByteOrder; directories: Directory[] }> {
  const { name, size } = source;
  const bytesOf = async (at: number, length: number, what: string): Promise<Uint8Array> => {
    if (at + length > size) throw damagedTiff(name, `it ends at byte ${size}, within ${what}`);
    return source.read(at, length);
  };
  const viewOf = async (at: number, length: number, what: string): Promise<DataView> => {
    const bytes = await bytesOf(at, length, what);
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  };
  const header = await viewOf(0, 8, "its header");
  const littleEndian = header.getUint8(0) === 0x49;
  const isBig = header.getUint16(2, littleEndian) === 43;
  const [offsetBytes, zero] = [header.getUint16(4, littleEndian), header.getUint16(6, littleEndian)];
  if (isBig && (offsetBytes !== 8 || zero !== 0)) {
    throw damagedTiff(name, `its header says ${offsetBytes} and ${zero} instead of 8 and 0`);
  }
  const order = { littleEndian, isBig };
  const offsetOf = (view: DataView, byte: number): number =>
    isBig ? Number(view.getBigUint64(byte, littleEndian)) : view.getUint32(byte, littleEndian);
  const [countSize, fieldSize, offsetSize] = isBig ? [8, 20, 8] : [2, 12, 4];

  const directories: Directory[] = [];
  const seen = new Set<number>();
  let at = isBig ? offsetOf(await viewOf(8, 8, "its header"), 0) : offsetOf(header, 4);
  while (at !== 0) {
    const which = `the description of page ${directories.length + 1}`;
    if (seen.has(at)) throw damagedTiff(name, "its pages refer to each other in a circle");
    if (seen.size >= mostDirectories) throw damagedTiff(name, `it has more than ${mostDirectories} pages`);
    seen.add(at);
    const counted = await viewOf(at, countSize, which);
    const count = isBig ? offsetOf(counted, 0) : counted.getUint16(0, littleEndian);
    if (count === 0 || count > 65535) throw damagedTiff(name, `${which} has ${count} fields`);
    // A copy: what a directory keeps must not keep the block that it was read with.
    const view = new DataView((await bytesOf(at + countSize, count * fieldSize, which)).slice().buffer);
    const fields = new Map<number, Field>();
    for (let i = 0; i < count; i++) {
      const byte = i * fieldSize;
      const [tag, type] = [view.getUint16(byte, littleEndian), view.getUint16(byte + 2, littleEndian)];
      const values = offsetOf(view, byte + 4);
      const isWithin = (bytesOfWhole[type] ?? (type === rational ? 8 : 1)) * values <= offsetSize;
      const inField = byte + 4 + offsetSize;
      // Where a tag stands twice, the first counts, as in libtiff.
      if (fields.has(tag)) continue;
      fields.set(
        tag,
        isWithin
          ? {
              type,
              count: values,
              at: at + countSize + inField,
              inside: new DataView(view.buffer, view.byteOffset + inField, offsetSize),
            }
          : { type, count: values, at: offsetOf(view, inField) },
      );
    }
    directories.push(new Directory(source, order, fields));
    const end = at + countSize + count * fieldSize;
    // Some writers end the file with its last directory.
    at = end + offsetSize > size ? 0 : offsetOf(await viewOf(end, offsetSize, which), 0);
  }
  if (directories.length === 0) throw damagedTiff(name, "it has no page");
  return { order, directories };
}
