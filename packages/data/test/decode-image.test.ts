import { readFileSync } from "node:fs";
import { InputError, type StoredData } from "@em-stellar/core";
import {
  bytesSource,
  decodeImage,
  encodePng,
  imageFormats,
  openImageFile,
  probabilityPng,
  readProbabilityPng,
  tiff,
  toGrey,
} from "@em-stellar/data";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { crc32 } from "../src/png/crc32.js";

// Written by tifffile, libtiff and Pillow: see fixtures/make_images.py. The formulas are repeated here.
const [width, height] = [35, 21];
const pixels = <T>(value: (x: number, y: number) => T): T[] =>
  Array.from({ length: width * height }, (_, i) => value(i % width, Math.floor(i / width)));
const g8 = pixels((x, y) => (7 * y + 3 * x) % 256);
const g16 = pixels((x, y) => (1234 * y + 777 * x) % 65536);
const f32 = pixels((x, y) => 0.5 * y - 0.25 * x);
const index = pixels((x, y) => (x + y) % 3);
const rgb = g8.flatMap((value) => [value, Math.floor(value / 2), 255 - value]);

const bytesOf = (name: string) => new Uint8Array(readFileSync(new URL(`fixtures/${name}`, import.meta.url)));
const read = (name: string) => decodeImage(bytesOf(name), name);
const valuesOf = (data: StoredData | undefined) => [...(data ?? [])];

describe("decodeImage", () => {
  it("unpacks no more of a PNG than its header promises, as libpng does, which reads it too", async () => {
    const png = Buffer.from(encodePng({ width: 4096, height: 4096, data: new Uint8Array(2 ** 24) }));
    for (const at of [16, 20]) png.writeUInt32BE(64, at);
    png.writeUInt32BE(crc32(png.subarray(12, 29)), 29);
    const before = process.memoryUsage().arrayBuffers;
    const [image] = await decodeImage(png, "bomb.png");
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 22);
    expect(image).toMatchObject({ width: 64, height: 64, data: new Uint8Array(64 * 64) });
  });

  it.each([
    ["g8-strips.tif", g8, Uint8Array],
    ["g8-lzw.tif", g8, Uint8Array],
    ["g8-lzw-predictor.tif", g8, Uint8Array],
    ["g8-packbits.tif", g8, Uint8Array],
    ["g8-deflate-tiles-predictor.tif", g8, Uint8Array],
    ["g8-white-is-zero.tif", g8.map((value) => 255 - value), Uint8Array],
    ["libtiff-lzw.tif", g8, Uint8Array],
    ["g16-big-endian.tif", g16, Uint16Array],
    ["g16-big-endian-lzw-predictor.tif", g16, Uint16Array],
    ["g16-deflate-tiles-predictor.tif", g16, Uint16Array],
    ["f32-tiles.tif", f32, Float32Array],
    ["f32-lzw.tif", f32, Float32Array],
    ["f32-deflate-float-predictor.tif", f32, Float32Array],
    ["f32-big-endian-deflate-tiles-float-predictor.tif", f32, Float32Array],
    ["f64.tif", f32, Float32Array],
    ["i8.tif", g8.map((value) => value - 128), Float32Array],
    ["i16.tif", g16.map((value) => value - 30000), Float32Array],
    ["i32.tif", g16.map((value) => value - 30000), Float32Array],
    ["u32-lzw-predictor.tif", g16.map((value) => 3 * value), Float32Array],
    ["zstd.tif", g8, Uint8Array],
    ["big-tiff.tif", g8, Uint8Array],
    ["one-bit.tif", g8.map((value) => (value > 100 ? 1 : 0)), Uint8Array],
    ["one-bit-white-is-zero.tif", g8.map((value) => (value > 100 ? 0 : 1)), Uint8Array],
    ["one-bit.png", g8.map((value) => (value > 100 ? 1 : 0)), Uint8Array],
    ["g8.png", g8, Uint8Array],
    ["g16.png", g16, Uint16Array],
    ["grey-alpha-opaque.png", g8, Uint8Array],
  ])("reads %s", async (name, expected, type) => {
    const [image, ...others] = await read(name);
    expect(others).toEqual([]);
    expect([image?.width, image?.height, image?.channels]).toEqual([width, height, 1]);
    expect(image?.data).toBeInstanceOf(type);
    expect(valuesOf(image?.data)).toEqual(expected);
  });

  it.each(["rgb.png", "rgba-opaque.png", "rgb-tiles.tif", "rgb-lzw-tiles-predictor.tif", "rgba-opaque.tif"])(
    "reads the three colours of %s",
    async (name) => {
      const [image] = await read(name);
      expect(image?.channels).toBe(3);
      expect(valuesOf(image?.data)).toEqual(rgb);
    },
  );

  it("reads the three colours of rgb-planes.tif, which tifffile wrote, where it is said that they are colours", async () => {
    const source = bytesSource(bytesOf("rgb-planes.tif"), "rgb-planes.tif");
    const image = await (await openImageFile(source, [tiff({ planes: "colours" })])).read(0);
    expect(image.channels).toBe(3);
    expect(valuesOf(image.data)).toEqual(rgb);
    await expect(read("rgb-planes.tif")).rejects.toThrow("3 planes marked as red, green and blue");
  });

  it.each(["palette-2-bit.png", "palette-8-bit.png", "palette.tif"])(
    "reads %s as indices beside their colours",
    async (name) => {
      const [image] = await read(name);
      expect(valuesOf(image?.data)).toEqual(index);
      expect(image?.palette?.slice(0, 3)).toEqual([
        [0, 0, 0],
        [255, 0, 0],
        [10, 20, 30],
      ]);
    },
  );

  it("reads every page of a stack, and the size of each before its pixels", async () => {
    expect((await read("stack.tif")).map(({ data }) => valuesOf(data))).toEqual([
      g8,
      g8.map((value) => 255 - value),
      g8.map((value) => Math.floor(value / 3)),
    ]);
    expect((await read("imagej-stack.tif")).map(({ data }) => valuesOf(data))).toEqual([
      g16,
      g16.map((value) => Math.floor(value / 2)),
    ]);
    const { pages } = await openImageFile(bytesSource(bytesOf("stack.tif"), "stack.tif"), imageFormats);
    expect(pages.map((page) => [page.width, page.height])).toEqual([
      [width, height],
      [width, height],
      [width, height],
    ]);
  });

  it("reads LZW that fills its table of codes", async () => {
    const expected = Array.from({ length: 96 * 128 }, (_, i) => [i % 128, Math.floor(i / 128)] as const).map(
      ([u, v]) => (7 * u * u + 13 * v * v + 5 * u * v) % 251,
    );
    expect(valuesOf((await read("varied-lzw.tif"))[0]?.data)).toEqual(expected);
  });

  it("reads a view into a larger buffer", async () => {
    const file = bytesOf("g16.png");
    const inside = new Uint8Array(file.length + 7);
    inside.set(file, 7);
    expect(valuesOf((await decodeImage(inside.subarray(7), "g16.png"))[0]?.data)).toEqual(g16);
  });
});

describe("what cannot be used is refused, by name", () => {
  it.each([
    ["rgba-clear.png", /rgba-clear\.png is transparent at 1 of its 735 pixels.*[Ff]latten/],
    ["rgba-clear.tif", /rgba-clear\.tif is transparent at 1 of its 735 pixels/],
    ["palette-clear.png", /palette-clear\.png is transparent at 245 of its 735 pixels/],
    ["photo.jpg", /photo\.jpg is a JPEG image.*Convert it to PNG or TIFF/],
  ])("%s", async (name, message) => {
    await expect(read(name)).rejects.toThrow(InputError);
    await expect(read(name)).rejects.toThrow(message);
  });

  it("a float image with NaN, saying where", async () => {
    const bytes = bytesOf("f64.tif");
    // The first strip of an uncompressed file: pixel (2, 0) as a little-endian double.
    const [start] = [bytes.length - width * height * 8];
    new DataView(bytes.buffer).setFloat64(start + 16, Number.NaN, true);
    await expect(decodeImage(bytes, "f64.tif")).rejects.toThrow(
      /f64\.tif holds NaN at x = 2, y = 0; 1 of its 735 values/,
    );
  });

  it.each([
    "g8.png",
    "g16.png",
    "palette-2-bit.png",
    "g8-strips.tif",
    "g8-lzw.tif",
    "g8-packbits.tif",
    "g16-deflate-tiles-predictor.tif",
    "f32-tiles.tif",
    "stack.tif",
  ])("%s cut off anywhere", async (name) => {
    const bytes = bytesOf(name);
    const whole = (await decodeImage(bytes, name)).map(({ data }) => valuesOf(data).join());
    const stride = Math.ceil(bytes.length / 100);
    for (let length = 4; length < bytes.length; length += stride) {
      try {
        // Some writers end a TIFF with padding, without which all pixels are still there.
        expect((await decodeImage(bytes.slice(0, length), name)).map(({ data }) => valuesOf(data).join())).toEqual(
          whole,
        );
      } catch (error) {
        if (!(error instanceof InputError)) throw error;
        expect(error.message).toMatch(/is a corrupt or truncated (PNG|TIFF) \(.+\)\. Copy or export it again\./);
      }
    }
  });

  it("a PNG with any one damaged byte", async () => {
    const bytes = bytesOf("g8.png");
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 8, max: bytes.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, change) => {
          const damaged = bytes.slice();
          damaged[at] = (damaged[at] as number) ^ change;
          await expect(decodeImage(damaged, "g8.png")).rejects.toThrow(InputError);
        },
      ),
    );
  });

  it("a TIFF with any damaged byte, or reads something, but never hangs or fails otherwise", async () => {
    for (const name of ["g8-lzw.tif", "f32-tiles.tif", "rgb-planes.tif"]) {
      const bytes = bytesOf(name);
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 4, max: bytes.length - 1 }),
          fc.integer({ min: 1, max: 255 }),
          async (at, change) => {
            const damaged = bytes.slice();
            damaged[at] = (damaged[at] as number) ^ change;
            try {
              const formats = [tiff({ planes: "colours" })];
              const { pages, read } = await openImageFile(bytesSource(damaged, name), formats);
              for (const page of pages.keys()) await read(page);
            } catch (error) {
              expect(error).toBeInstanceOf(InputError);
            }
          },
        ),
        { numRuns: 100 },
      );
    }
  });

  it("a TIFF whose pages form a circle", async () => {
    const bytes = bytesOf("g8-strips.tif");
    const view = new DataView(bytes.buffer);
    const first = view.getUint32(4, true);
    view.setUint32(first + 2 + 12 * view.getUint16(first, true), first, true);
    await expect(decodeImage(bytes, "g8.tif")).rejects.toThrow(/pages refer to each other in a circle/);
  });
});

describe("toGrey", () => {
  it("gives the luma that Pillow gives", async () => {
    const [image] = await read("rgb.png");
    const [expected] = await read("rgb-as-grey-by-pillow.png");
    expect(valuesOf(image && toGrey(image, "rgb.png").data)).toEqual(valuesOf(expected?.data));
  });

  it("looks up the colours of a palette: 255 red is 76, (10, 20, 30) is 18", async () => {
    const [image] = await read("palette-2-bit.png");
    expect(valuesOf(image && toGrey(image, "p.png").data)).toEqual(index.map((i) => [0, 76, 18][i]));
  });

  it("leaves grey stored as RGB as it is, in 16 bits too", () => {
    const values = [0, 1, 255, 256, 32767, 65534, 65535];
    const data = Uint16Array.from(values.flatMap((value) => [value, value, value]));
    const grey = toGrey({ width: 7, height: 1, channels: 3, data, fullRange: 65535 }, "x");
    expect(valuesOf(grey.data)).toEqual(values);
  });
});

describe("PNG files written here", () => {
  it("read back the same, 8 and 16 bit, grey and colour", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        fc.constantFrom(1, 3),
        fc.constantFrom(255, 65535),
        fc.infiniteStream(fc.nat()),
        async (w, h, channels, maximum, numbers) => {
          const values = Array.from(
            { length: w * h * channels },
            () => (numbers.next().value as number) % (maximum + 1),
          );
          const data = maximum === 255 ? Uint8Array.from(values) : Uint16Array.from(values);
          const [image] = await decodeImage(encodePng({ width: w, height: h, channels, data }), "x.png");
          expect(image).toMatchObject({ width: w, height: h, channels, fullRange: maximum });
          expect(valuesOf(image?.data)).toEqual(values);
        },
      ),
    );
  });

  it("keep a probability map: 16-bit maps exactly, others to within half a step of 1/65535", () => {
    const stored = { width: 3, height: 1, data: Uint16Array.of(0, 32768, 65535), maximum: 65535 };
    expect(readProbabilityPng(probabilityPng(stored), "p.png")).toEqual(stored);
    const floats = { width: 4, height: 1, data: Float32Array.of(0, 0.25, 0.8, 1), maximum: 1 };
    expect(readProbabilityPng(probabilityPng(floats), "p.png").data).toEqual(Uint16Array.of(0, 16384, 52428, 65535));
    const mask = { width: 2, height: 1, data: Uint8Array.of(0, 255), maximum: 255 };
    expect(readProbabilityPng(probabilityPng(mask), "p.png").data).toEqual(Uint16Array.of(0, 65535));
  });

  it("are refused as probability maps where they are in colour", () => {
    expect(() => readProbabilityPng(bytesOf("rgb.png"), "rgb.png")).toThrow(/rgb\.png is in colour/);
  });
});
