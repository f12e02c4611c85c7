import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { encodePng } from "@em-stellar/data";

/** A small image: its rows, as numbers. */
export type Rows = readonly (readonly number[])[];

/** Writes a grey PNG of 8 or 16 bits. */
export async function writePng(path: string, rows: Rows, bits: 8 | 16 = 8): Promise<void> {
  const [width, height] = [rows[0]?.length ?? 0, rows.length];
  const data = bits === 8 ? Uint8Array.from(rows.flat()) : Uint16Array.from(rows.flat());
  await write(path, encodePng({ width, height, data }));
}

/** Writes an RGB PNG of rows of triples. */
export async function writeColours(path: string, rows: readonly (readonly (readonly number[])[])[]): Promise<void> {
  const [width, height] = [rows[0]?.length ?? 0, rows.length];
  await write(path, encodePng({ width, height, channels: 3, data: Uint8Array.from(rows.flat(2)) }));
}

const formats = {
  8: { bytes: 1, format: 1, set: (view: DataView, at: number, value: number) => view.setUint8(at, value) },
  16: { bytes: 2, format: 1, set: (view: DataView, at: number, value: number) => view.setUint16(at, value, true) },
  float: { bytes: 4, format: 3, set: (view: DataView, at: number, value: number) => view.setFloat32(at, value, true) },
} as const;

/** Writes a TIFF of one page for each image: little-endian, uncompressed, one strip a page. `palette`: three colours for each index. */
export async function writeTiff(
  path: string,
  pages: readonly Rows[],
  type: keyof typeof formats = 8,
  palette?: readonly (readonly number[])[],
): Promise<void> {
  const { bytes, format, set } = formats[type];
  const colours = palette ? 3 * 256 * 2 : 0;
  const pageSize = (rows: Rows) => 2 + 12 * 12 + 4 + colours + rows.length * (rows[0]?.length ?? 0) * bytes;
  const view = new DataView(new ArrayBuffer(8 + pages.reduce((sum, rows) => sum + pageSize(rows), 0)));
  view.setUint16(0, 0x4949);
  view.setUint16(2, 42, true);
  view.setUint32(4, 8, true);
  let directory = 8;
  for (const [i, rows] of pages.entries()) {
    const [width, height] = [rows[0]?.length ?? 0, rows.length];
    const map = directory + 2 + 12 * 12 + 4;
    const strip = map + colours;
    const tags = [
      [256, 4, 1, width],
      [257, 4, 1, height],
      [258, 3, 1, 8 * bytes],
      [259, 3, 1, 1],
      [262, 3, 1, palette ? 3 : 1],
      [273, 4, 1, strip],
      [277, 3, 1, 1],
      [278, 4, 1, height],
      [279, 4, 1, width * height * bytes],
      [284, 3, 1, 1],
      ...(palette ? [[320, 3, 768, map]] : [[296, 3, 1, 1]]),
      [339, 3, 1, format],
    ] as const;
    view.setUint16(directory, tags.length, true);
    tags
      .toSorted(([a], [b]) => a - b)
      .forEach(([tag, kind, count, value], t) => {
        const at = directory + 2 + 12 * t;
        view.setUint16(at, tag, true);
        view.setUint16(at + 2, kind, true);
        view.setUint32(at + 4, count, true);
        if (kind === 3 && count === 1) view.setUint16(at + 8, value, true);
        else view.setUint32(at + 8, value, true);
      });
    palette?.forEach((colour, index) => {
      colour.forEach((channel, c) => {
        view.setUint16(map + 2 * (256 * c + index), channel * 257, true);
      });
    });
    rows.flat().forEach((value, p) => {
      set(view, strip + p * bytes, value);
    });
    const next = strip + width * height * bytes;
    view.setUint32(directory + 2 + 12 * 12, i === pages.length - 1 ? 0 : next, true);
    directory = next;
  }
  await write(path, new Uint8Array(view.buffer));
}

/** Writes any file, and the folders that it lies in. */
export async function write(path: string, content: Uint8Array | string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}
