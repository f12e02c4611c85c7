import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  bytesSource,
  createPngEncoder,
  createTiffEncoder,
  imageFormats,
  openImageFile,
  type RowEncoder,
  toUint16,
} from "@em-stellar/data";
import { createImageReader, findPages, readPage } from "@em-stellar/data/node";
import fc from "fast-check";
import { decode as decodePng } from "fast-png";
import { decode as decodeTiff } from "tiff";
import { describe, expect, it } from "vitest";

type Values = Uint8Array | Uint16Array | Float32Array;

/** Feeds an encoder rows of several pages, so many at a time. */
function encode<T extends Values>(
  encoder: RowEncoder<T>,
  pages: readonly T[],
  widths: readonly number[],
  atOnce: number,
) {
  const parts: Uint8Array[] = [];
  pages.forEach((page, i) => {
    const step = atOnce * (widths[i] as number);
    for (let at = 0; at < page.length; at += step) parts.push(...encoder.add(page.subarray(at, at + step) as T));
  });
  return new Uint8Array(Buffer.concat([...parts, ...encoder.end()]));
}

const size = fc.integer({ min: 1, max: 40 });
const some = fc.record({ width: size, height: size, atOnce: size, seed: fc.nat() });
/** Half of the images are mostly of zeros, as probability maps are: runs are what compression does most with. */
const values = (length: number, seed: number, top: number) =>
  Array.from({ length }, (_, i) => (seed % 2 && (i + seed) % 7 ? 0 : ((i + seed) * 2654435761) % (top + 1)));

describe("createPngEncoder", () => {
  it("writes colours that another decoder reads back, however many rows it gets at a time", () => {
    fc.assert(
      fc.property(some, ({ width, height, atOnce, seed }) => {
        const given = values(3 * width * height, seed, 255);
        const encoder = createPngEncoder({ width, height, bits: 8, channels: 3 });
        const file = encode(encoder, [Uint8Array.from(given)], [3 * width], atOnce);
        const { data, ...image } = decodePng(file, { checkCrc: true });
        expect(image).toMatchObject({ width, height, channels: 3, depth: 8 });
        expect([...data]).toEqual(given);
      }),
    );
  });

  it.each([8, 16] as const)(
    "writes %d bits that another decoder reads back, however many rows it gets at a time",
    (bits) => {
      fc.assert(
        fc.property(some, ({ width, height, atOnce, seed }) => {
          const given = values(width * height, seed, 2 ** bits - 1);
          const [wide, narrow] = [Uint16Array.from(given), Uint8Array.from(given)];
          const file =
            bits === 16
              ? encode(createPngEncoder({ width, height, bits: 16 }), [wide], [width], atOnce)
              : encode(createPngEncoder({ width, height, bits: 8 }), [narrow], [width], atOnce);
          const { data, ...image } = decodePng(file, { checkCrc: true });
          expect(image).toMatchObject({ width, height, channels: 1, depth: bits });
          expect([...data]).toEqual(given);
        }),
      );
    },
  );

  it("refuses an image with missing, broken or surplus rows", () => {
    const encoder = createPngEncoder({ width: 4, height: 2, bits: 8 });
    expect(() => encoder.add(new Uint8Array(5))).toThrow("5 values are not rows of 4");
    encoder.add(new Uint8Array(4));
    expect(() => encoder.end()).toThrow("The image has 2 rows, but 1 were given.");
    expect(() => encoder.add(new Uint8Array(8))).toThrow("too many for 2 rows");
  });
});

describe("createTiffEncoder", () => {
  it.each([8, 16, 32] as const)("writes stacks of %d bits that another decoder reads back", (bits) => {
    const types = { 8: Uint8Array, 16: Uint16Array, 32: Float32Array };
    fc.assert(
      fc.property(fc.array(some, { minLength: 1, maxLength: 4 }), (pages) => {
        const given = pages.map(({ width, height, seed }) => {
          const list = values(width * height, seed, 2 ** Math.min(bits, 16) - 1);
          return types[bits].from(bits === 32 ? list.map((value) => value / 65535) : list);
        });
        const encoder = createTiffEncoder(pages, bits as 8) as RowEncoder<Values>; // the types that go with the bits
        const widths = pages.map(({ width }) => width);
        const decoded = decodeTiff(encode(encoder, given, widths, pages[0]?.atOnce ?? 1));
        expect(decoded.map(({ width, height }) => [width, height])).toEqual(
          pages.map(({ width, height }) => [width, height]),
        );
        expect(decoded.map(({ data }) => [...data])).toEqual(given.map((page) => [...page]));
        expect(decoded[0]?.bitsPerSample).toBe(bits);
        expect(decoded[0]?.sampleFormat).toBe(bits === 32 ? 3 : 1);
      }),
      { numRuns: 50 },
    );
  });

  it("becomes a BigTIFF where offsets would not fit into 32 bits, and not before", async () => {
    const folder = await mkdtemp(join(tmpdir(), "em-stellar-tiff-"));
    try {
      const write = async (pages: { width: number; height: number }[], fileBytes: number) => {
        const path = join(folder, `${fileBytes}.tif`);
        const file = await open(path, "w");
        // The rows that are not given are a hole in the file, which reads as zeros.
        await file.writeFile(Buffer.concat(createTiffEncoder(pages, 8).add(new Uint8Array([1, 2, 3, 4]))));
        await file.truncate(fileBytes);
        await file.close();
        return path;
      };
      const small = await findPages(await write([{ width: 4, height: 3 }], 400));
      expect(small).toMatchObject([{ width: 4, height: 3, page: 0 }]);
      expect([...(await readPage(small[0] as (typeof small)[number])).data].slice(0, 5)).toEqual([1, 2, 3, 4, 0]);

      const wide = { width: 4, height: 2 ** 30 };
      const path = await write([wide], 2 ** 32 + 400);
      const reader = createImageReader();
      const [page] = await reader.findPages(path);
      expect(page).toMatchObject(wide);
      // Of the whole, more than is read at once; but a part takes no more than itself.
      await expect(page && reader.readPage(page)).rejects.toThrow(
        /4 × 1073741824 pixels, but at most 2147483648 values/,
      );
      const top = page && (await reader.readPage(page, { x: 1, y: 0, width: 2, height: 2 }));
      expect([...(top?.data ?? [])]).toEqual([2, 3, 0, 0]);
      const file = await open(path);
      const head = Buffer.alloc(16 + 8 + 11 * 20 + 8 + 4);
      await file.read(head, 0, head.length, 0);
      await file.close();
      expect([head.readUInt16LE(2), head.readUInt16LE(4), head.readBigUInt64LE(8)]).toEqual([43, 8, 16n]);
      const tags = Array.from({ length: 11 }, (_, i) => head.subarray(24 + 20 * i, 44 + 20 * i));
      const value = (tag: number) => tags.find((entry) => entry.readUInt16LE(0) === tag)?.readBigUInt64LE(12);
      expect(value(273)).toBe(252n); // where the pixels begin: header, 11 entries, the place of the next page
      expect(value(279)).toBe(2n ** 32n);
      expect([...head.subarray(252, 256)]).toEqual([1, 2, 3, 4]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("tells the size of pixels and the distance of slices", async () => {
    const pages = [
      { width: 3, height: 2 },
      { width: 3, height: 2 },
    ];
    for (const pixelSize of [
      { x: 0.004, y: 0.005, z: 0.03, unit: "µm" },
      { x: 4, y: 4, z: 40, unit: "nm" },
      { x: 0.01, y: 0.02, unit: "inch" },
      { x: 0.002, y: 0.002, z: 0.5, unit: "cm" },
    ]) {
      const encoder = createTiffEncoder(pages, 8, { pixelSize });
      const parts = [encoder.add(Uint8Array.of(1, 2, 3, 4, 5, 6)), encoder.add(Uint8Array.of(7, 8, 9, 10, 11, 12))];
      const bytes = new Uint8Array(Buffer.concat(parts.flat()));
      const file = await openImageFile(bytesSource(bytes, "x.tif"), imageFormats);
      for (const page of file.pages) expect(page.pixelSize).toEqual(pixelSize);
      expect([...(await file.read(1)).data]).toEqual([7, 8, 9, 10, 11, 12]);
      // By another reader: pixels for each unit, and a second page that lies where it is said to.
      const [first, second] = decodeTiff(bytes);
      expect(first?.xResolution).toBeCloseTo(1 / pixelSize.x, 4);
      expect(first?.yResolution).toBeCloseTo(1 / pixelSize.y, 4);
      expect(first?.resolutionUnit).toBe({ inch: 2, cm: 3 }[pixelSize.unit] ?? 1);
      expect([...(second?.data ?? [])]).toEqual([7, 8, 9, 10, 11, 12]);
    }
  });

  it("refuses missing and surplus rows", () => {
    const encoder = createTiffEncoder([{ width: 2, height: 2 }], 16);
    encoder.add(new Uint16Array(2));
    expect(() => encoder.end()).toThrow("Page 1 of 1 lacks 4 bytes of rows.");
    expect(() => encoder.add(new Uint16Array(4))).toThrow("8 bytes of rows are more than the 4 that page 1 lacks.");
    encoder.add(new Uint16Array(2));
    expect(() => encoder.add(new Uint16Array(2))).toThrow("There are rows left over behind 1 pages.");
  });
});

describe("toUint16", () => {
  it("rounds to 1/65535, a half down, so that 0.5 is not above 0.5", () => {
    expect([...toUint16([0, 0.25, 0.5, 0.75, 1, -0.1, 1.1])]).toEqual([0, 16384, 32767, 49151, 65535, 0, 65535]);
    expect([...toUint16(Uint8Array.of(0, 1, 255), 255)]).toEqual([0, 257, 65535]);
  });
});
