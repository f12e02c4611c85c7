import { deflateSync } from "node:zlib";
import { InputError, type StoredData } from "@em-stellar/core";
import { bytesSource, decodeImage, imageFormats, openImageFile } from "@em-stellar/data";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Field, greyFields, type WriterOptions, writeTiff } from "./tiff-writer.js";

const [width, height] = [5, 3];

/** Rows of whole numbers of any number of bits, the highest bit first; of whole bytes in the order of the file. */
function pack(values: readonly bigint[], bits: number, perRow: number, littleEndian: boolean): Uint8Array {
  if (bits % 8 === 0) {
    const size = bits / 8;
    return Uint8Array.from(
      values.flatMap((value) => {
        const bytes = Array.from({ length: size }, (_, i) => Number((value >> BigInt(8 * i)) & 255n));
        return littleEndian ? bytes : bytes.reverse();
      }),
    );
  }
  const rows: number[] = [];
  for (let y = 0; y * perRow < values.length; y++) {
    const digits = values
      .slice(y * perRow, (y + 1) * perRow)
      .map((value) => value.toString(2).padStart(bits, "0"))
      .join("");
    for (let i = 0; i < digits.length; i += 8) rows.push(Number.parseInt(digits.slice(i, i + 8).padEnd(8, "0"), 2));
  }
  return Uint8Array.from(rows);
}

/** The bit pattern of a float. */
function patternOf(value: number, bits: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  if (bits === 64) view.setFloat64(0, value);
  else if (bits === 32) view.setFloat32(4, value);
  else {
    // Half precision, of numbers that it holds exactly: sign, exponent + 15, ten digits behind the 1.
    const exponent = Math.floor(Math.log2(Math.abs(value)));
    const digits = Math.round((Math.abs(value) / 2 ** exponent - 1) * 1024);
    return value === 0 ? 0n : BigInt((value < 0 ? 0x8000 : 0) | ((exponent + 15) << 10) | digits);
  }
  return view.getBigUint64(0);
}

const read = async (
  bits: number,
  format: number,
  patterns: readonly bigint[],
  options: WriterOptions,
  more: Field[] = [],
) => {
  const fields = greyFields(width, height, bits, [339, 3, [format]], ...more);
  const file = writeTiff([{ fields, pieces: [pack(patterns, bits, width, options.littleEndian ?? true)] }], options);
  const [image] = await decodeImage(file, "image.tif");
  return image;
};
const listed = (data: StoredData | undefined) => [...(data ?? [])];

describe("every pair of bits and sample format", () => {
  const orders = [true, false].flatMap((littleEndian) => [true, false].map((isBig) => ({ littleEndian, isBig })));
  const isRead = (bits: number, format: number) =>
    format === 1 || format === 4
      ? bits <= 16 || bits === 32 || bits === 64
      : format === 2
        ? [8, 16, 32, 64].includes(bits)
        : format === 3 && [16, 32, 64].includes(bits);
  const pairs = [1, 2, 3, 4, 5, 6].flatMap((format) => Array.from({ length: 64 }, (_, i) => [i + 1, format] as const));

  it("is read right", async () => {
    for (const [bits, format] of pairs.filter((pair) => isRead(...pair))) {
      // The lowest, the highest and others; of what is wider than 24 bits, those that floats hold exactly.
      const top = 2 ** Math.min(bits, 24) - 1;
      const whole = Array.from({ length: width * height }, (_, i) =>
        i === 0 ? 0 : i === 1 ? top : (i * 7919) % (top + 1),
      );
      const half = Math.ceil(top / 2);
      const values =
        format === 3
          ? whole.map((_, i) => (i % 2 ? -1 : 1) * i * 2 ** (i - 9)) // at most ten digits, as half precision has
          : format === 2
            ? whole.map((value) => value - half)
            : whole;
      const patterns = values.map((value) =>
        format === 3 ? patternOf(value, bits) : BigInt.asUintN(bits, BigInt(value)),
      );
      for (const order of orders) {
        const image = await read(bits, format, patterns, order);
        expect(listed(image?.data), `${bits} bits of format ${format}`).toEqual(values.map((value) => value + 0));
        expect(image?.fullRange).toBe(format === 3 ? 1 : 2 ** (format === 2 ? bits - 1 : bits) - 1);
      }
    }
  });

  it("or refused by name", async () => {
    const rest = pairs.filter((pair) => !isRead(...pair));
    expect(rest.length).toBeGreaterThan(300);
    for (const [bits, format] of rest) {
      const zeros = Array.from({ length: width * height }, () => 0n);
      await expect(read(bits, format, zeros, {}), `${bits} bits of format ${format}`).rejects.toThrow(
        format > 4
          ? /^image\.tif is a TIFF with complex numbers/
          : new RegExp(`with ${bits}-bit (whole|signed|floating)`),
      );
    }
  });
});

describe("numbers that 32-bit floats cannot tell apart", () => {
  const labels = [16777216, 16777217, 16777218, 4294967295, 1, 0, 5, 6, 7, 8, 9, 10, 11, 12, 13];
  const asSigned = labels.map((label) => Math.min(label, 2147483647));

  it.each([
    ["uint32", 32, 1, labels],
    ["uint64", 64, 1, labels],
    ["int32", 32, 2, asSigned],
    ["int64", 64, 2, labels],
  ] as const)("stay apart in %s", async (_, bits, format, values) => {
    const image = await read(
      bits,
      format,
      values.map((value) => BigInt(value)),
      {},
    );
    expect(image?.data).toBeInstanceOf(Uint32Array);
    expect(listed(image?.data)).toEqual(values);
  });

  it("stay apart in float64, where all are whole", async () => {
    expect(
      listed(
        (
          await read(
            64,
            3,
            labels.map((value) => patternOf(value, 64)),
            {},
          )
        )?.data,
      ),
    ).toEqual(labels);
    const shifted = labels.map((value) => value + 0.25);
    const rounded = await read(
      64,
      3,
      shifted.map((value) => patternOf(value, 64)),
      {},
    );
    expect(listed(rounded?.data)).toEqual(shifted.map(Math.fround));
  });

  it.each([
    ["uint64", 64, 1, 2n ** 32n],
    ["int64", 64, 2, BigInt.asUintN(64, -(2n ** 24n) - 1n)],
    ["int32", 32, 2, BigInt.asUintN(32, -(2n ** 24n) - 1n)],
    ["float64", 64, 3, patternOf(2 ** 40, 64)],
  ] as const)("are refused in %s where nothing holds them", async (_, bits, format, pattern) => {
    const patterns = Array.from({ length: width * height }, (_, i) => (i === 3 ? pattern : 0n));
    await expect(read(bits, format, patterns, {})).rejects.toThrow(
      /holds whole numbers from .* number them again from 1/,
    );
  });
});

describe("white is zero", () => {
  const turned: Field[] = [[262, 3, [0]]];
  const numbers = Array.from({ length: width * height }, (_, i) => i % 2);

  it("turns whole numbers of up to 16 bits over", async () => {
    for (let bits = 1; bits <= 16; bits++) {
      const image = await read(bits, 1, numbers.map(BigInt), {}, turned);
      expect(listed(image?.data), `${bits} bits`).toEqual(numbers.map((value) => 2 ** bits - 1 - value));
    }
  });

  it("leaves floats, signed and wider numbers as they are stored, as tifffile and libtiff's users do", async () => {
    for (const [bits, format] of [
      [32, 1],
      [64, 1],
      [8, 2],
      [16, 2],
      [32, 2],
      [64, 2],
      [16, 3],
      [32, 3],
      [64, 3],
    ] as const) {
      const patterns = numbers.map((value) => (format === 3 ? patternOf(value, bits) : BigInt(value)));
      expect(listed((await read(bits, format, patterns, {}, turned))?.data), `${bits}, ${format}`).toEqual(numbers);
    }
  });
});

describe("pieces of an image", () => {
  it("of any size, in planes or pixel by pixel, give the same image, whole and in windows", async () => {
    const { openImageFile, bytesSource, imageFormats } = await import("@em-stellar/data");
    const layout = fc.record({
      w: fc.integer({ min: 1, max: 40 }),
      h: fc.integer({ min: 1, max: 40 }),
      bits: fc.constantFrom(1, 4, 8, 12, 16, 32),
      colours: fc.boolean(),
      planar: fc.boolean(),
      tile: fc.option(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })), { nil: undefined }),
      rows: fc.integer({ min: 1, max: 40 }),
      littleEndian: fc.boolean(),
      isBig: fc.boolean(),
      inStripFields: fc.boolean(),
      window: fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
    });
    await fc.assert(
      fc.asyncProperty(layout, async ({ w, h, bits, colours, planar, tile, rows, window, inStripFields, ...order }) => {
        const samples = colours ? 3 : 1;
        const value = (x: number, y: number, c: number) => (31 * x + 17 * y + 101 * c) % 2 ** Math.min(bits, 16);
        const [pieceWidth, pieceHeight] = tile ? [16 * tile[0], 16 * tile[1]] : [w, Math.min(rows, h)];
        const pieces: Uint8Array[] = [];
        for (const channels of planar
          ? Array.from({ length: samples }, (_, c) => [c])
          : [[0, 1, 2].slice(0, samples)]) {
          for (let top = 0; top < h; top += pieceHeight) {
            for (let left = 0; left < w; left += pieceWidth) {
              const height = tile ? pieceHeight : Math.min(pieceHeight, h - top);
              const values = Array.from({ length: height * pieceWidth }, (_, i) =>
                channels.map((c) => BigInt(value(left + (i % pieceWidth), top + Math.floor(i / pieceWidth), c))),
              ).flat();
              pieces.push(pack(values, bits, pieceWidth * channels.length, order.littleEndian));
            }
          }
        }
        const tiles: Field[] = tile
          ? [
              [322, 3, [pieceWidth]],
              [323, 3, [pieceHeight]],
              ...(inStripFields
                ? []
                : ([
                    [324, 4, []],
                    [325, 4, []],
                  ] as const)),
            ]
          : [[278, 3, [pieceHeight]]];
        const fields = greyFields(
          w,
          h,
          bits,
          [258, 3, Array.from({ length: samples }, () => bits)],
          [262, 3, [colours ? 2 : 1]],
          [277, 3, [samples]],
          [284, 3, [planar ? 2 : 1]],
          ...tiles,
        );
        const file = await openImageFile(bytesSource(writeTiff([{ fields, pieces }], order), "x.tif"), imageFormats);
        const at = (x: number, y: number) => Array.from({ length: samples }, (_, c) => value(x, y, c));
        const whole = Array.from({ length: w * h }, (_, i) => at(i % w, Math.floor(i / w))).flat();
        expect(listed((await file.read(0)).data)).toEqual(whole);
        const [x, y] = [Math.floor(window[0] * (w - 1)), Math.floor(window[1] * (h - 1))];
        const part = { x, y, width: Math.ceil((w - x) / 2), height: Math.ceil((h - y) / 2) };
        expect(listed((await file.read(0, part)).data)).toEqual(
          Array.from({ length: part.width * part.height }, (_, i) =>
            at(x + (i % part.width), y + Math.floor(i / part.width)),
          ).flat(),
        );
      }),
      { numRuns: 150 },
    );
  });
});

it("a file that says what cannot be is refused", async () => {
  const piece = new Uint8Array(width * height);
  const refusal = async (fields: readonly Field[], pieces = [piece]) => {
    const read = decodeImage(writeTiff([{ fields: greyFields(width, height, 8, ...fields), pieces }]), "x.tif");
    await expect(read).rejects.toThrow(InputError);
    return read.then(
      () => "",
      (error: Error) => error.message,
    );
  };
  expect(await refusal([[256, 12, [5]]])).toMatch(/field 256 should hold whole numbers, but is of type 12/);
  expect(await refusal([[256, 4, [0]]])).toMatch(/page 1 is 0 × 3 pixels/);
  expect(
    await refusal([
      [256, 4, [100_000]],
      [257, 4, [100_000]],
      [278, 4, [100_000]],
      [279, 4, [0]],
    ]),
  ).toMatch(/it ends at byte 137, before 10000000008/);
  expect(
    await refusal([
      [259, 3, [8]],
      [256, 4, [20_000]],
      [257, 4, [20_000]],
      [278, 4, [20_000]],
    ]),
  ).toMatch(/15 bytes, too few for the 400000000/);
  const again = Array.from({ length: 300 }, () => 8);
  expect(
    await refusal([
      [256, 4, [100]],
      [257, 4, [300]],
      [278, 4, [1]],
      [273, 4, again],
      [279, 4, again.map(() => 100)],
    ]),
  ).toMatch(/its pieces overlap: they have 30000 bytes together/);
  expect(await refusal([[277, 3, [4]]])).toMatch(/a piece of the image has 15 of 60 bytes/);
  expect(
    await refusal([
      [317, 3, [2]],
      [259, 3, [32773]],
    ]),
  ).toMatch(/predictor on PackBits/);
  expect(await refusal([], [piece, piece])).toMatch(/2 images behind one description/);
});

it("undoes differences of bytes in rows of any length, in strips and of a part of the image alike", async () => {
  const differences = fc.tuple(
    fc.oneof(
      fc.integer({ min: 1, max: 21 }),
      fc.integer({ min: 1, max: 500 }).map((words) => 4 * words),
    ),
    fc.integer({ min: 1, max: 9 }),
    fc.integer({ min: 1, max: 9 }),
  );
  await fc.assert(
    fc.asyncProperty(
      differences,
      fc.infiniteStream(fc.integer({ min: 0, max: 255 })),
      async ([width, height, strip], bytes) => {
        const stored = Array.from({ length: width * height }, () => bytes.next().value as number);
        const pieces = Array.from({ length: Math.ceil(height / strip) }, (_, i) =>
          deflateSync(Uint8Array.from(stored.slice(i * strip * width, (i + 1) * strip * width))),
        );
        const fields: Field[] = greyFields(width, height, 8, [259, 3, [8]], [278, 4, [strip]], [317, 3, [2]]);
        const source = bytesSource(writeTiff([{ fields, pieces }]), "x.tif");
        const { read } = await openImageFile(source, imageFormats);
        // Each row by itself, as TIFF 6.0 §14 has it: a sum that wraps around.
        const sums = [...stored];
        for (let i = 1; i < sums.length; i++) {
          if (i % width > 0) sums[i] = ((sums[i] as number) + (sums[i - 1] as number)) % 256;
        }
        expect((await read(0)).data).toEqual(Uint8Array.from(sums));
        const [x, y] = [width >> 1, height >> 1];
        const window = { x, y, width: width - x, height: Math.ceil((height - y) / 2) };
        const rows = Array.from({ length: window.height }, (_, i) =>
          sums.slice((y + i) * width + x, (y + i + 1) * width),
        );
        expect((await read(0, window)).data).toEqual(Uint8Array.from(rows.flat()));
      },
    ),
  );
});
