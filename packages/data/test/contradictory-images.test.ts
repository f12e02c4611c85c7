import { deflateSync } from "node:zlib";
import { decodeImage } from "@em-stellar/data";
import { describe, expect, it } from "vitest";
import { crc32 } from "../src/png/crc32.js";
import { type Field, writeTiff } from "./tiff-writer.js";

// Files that libpng, or libtiff and tifffile, refuse: nobody can tell which of two things that they say is meant.

describe("a PNG", () => {
  const header = (depth: number, colour: number) => chunk("IHDR", [0, 0, 0, 2, 0, 0, 0, 1, depth, colour, 0, 0, 0]);
  const palette = (...values: number[]) => chunk("PLTE", values);
  const pixels = (...bytes: number[]) => chunk("IDAT", [...deflateSync(Uint8Array.from([0, ...bytes]))]);
  const read = (...chunks: readonly number[][]) =>
    decodeImage(Uint8Array.from([...signature, ...chunks.flat(), ...chunk("IEND", [])]), "a.png");

  it("of one header and one palette is read", async () => {
    const [image] = await read(header(8, 3), palette(1, 2, 3, 4, 5, 6), pixels(0, 1));
    expect(image).toMatchObject({
      data: Uint8Array.of(0, 1),
      palette: [
        [1, 2, 3],
        [4, 5, 6],
      ],
    });
  });

  it.each([
    ["two headers", [header(8, 0), header(8, 0), pixels(1, 2)]],
    ["a header behind its pixels", [header(8, 0), pixels(1, 2), header(8, 0)]],
    ["two palettes", [header(8, 3), palette(1, 2, 3, 4, 5, 6), palette(9, 9, 9, 9, 9, 9), pixels(0, 1)]],
    ["a palette behind its pixels", [header(8, 3), pixels(0, 1), palette(1, 2, 3, 4, 5, 6)]],
    ["a suggested palette of no colour", [header(8, 2), palette(), pixels(1, 2, 3, 4, 5, 6)]],
  ])("of %s is refused", async (_, chunks) => {
    await expect(read(...chunks)).rejects.toThrow(/^a\.png is a corrupt or truncated PNG/);
  });

  it("hides a colour whose bits beyond the depth do not count", async () => {
    // ISO/IEC 15948 §11.3.2.1: of 0x0705, an image of 8 bits has 0x05.
    await expect(read(header(8, 0), chunk("tRNS", [7, 5]), pixels(5, 6))).rejects.toThrow("transparent at 1 of its 2");
    const [image] = await read(header(8, 0), chunk("tRNS", [5, 7]), pixels(5, 6));
    expect(image?.data).toEqual(Uint8Array.of(5, 6));
  });
});

const signature = [137, 80, 78, 71, 13, 10, 26, 10];

function chunk(type: string, data: readonly number[]): number[] {
  const content = [...Buffer.from(type), ...data];
  const numbers = Buffer.alloc(8);
  numbers.writeUInt32BE(data.length, 0);
  numbers.writeUInt32BE(crc32(Uint8Array.from(content)), 4);
  return [...numbers.subarray(0, 4), ...content, ...numbers.subarray(4)];
}

describe("a TIFF", () => {
  const plain: readonly Field[] = [
    [256, 4, [2]],
    [257, 4, [1]],
    [258, 3, [8]],
    [259, 3, [1]],
    [262, 3, [1]],
    [277, 3, [1]],
    [278, 4, [1]],
  ];
  const read = (changed: readonly Field[], piece: readonly number[] = [3, 4]) => {
    const kept = plain.filter(([tag]) => !changed.some(([other]) => other === tag));
    const fields = [...kept, ...changed].sort(([a], [b]) => a - b);
    return decodeImage(writeTiff([{ fields, pieces: [Uint8Array.from(piece)] }]), "a.tif");
  };

  it("whose fields agree is read", async () => {
    expect((await read([]))[0]?.data).toEqual(Uint8Array.of(3, 4));
  });

  it.each<[string, readonly Field[], RegExp]>([
    ["an empty field", [[262, 3, []]], /field 262 is empty/],
    ["an empty field of bits", [[258, 3, []]], /field 258 is empty/],
    ["pixels that begin at byte 0", [[273, 4, [0]]], /begins where the file does/],
    [
      "a palette of other bits",
      [
        [262, 3, [3]],
        [320, 3, new Array(3 * 16).fill(7)],
      ],
      /palette has 48 values instead of 768/,
    ],
    ["LZW data without a clear code at first", [[259, 3, [5]]], /do not begin with a clear code/],
  ])("with %s is refused", async (_, changed, words) => {
    await expect(read(changed)).rejects.toThrow(words);
  });

  it("with a field of more values than the file holds is refused, though the first ones are there", async () => {
    const bytes = writeTiff([{ fields: plain, pieces: [Uint8Array.of(3, 4)] }]);
    const view = new DataView(bytes.buffer);
    const entries = view.getUint32(4, true) + 2;
    for (let at = entries; at < bytes.length - 12; at += 12) {
      if (view.getUint16(at, true) === 258) view.setUint32(at + 4, 50_000, true);
    }
    await expect(decodeImage(bytes, "a.tif")).rejects.toThrow(
      /field 258 has 50000 values, more than the file can hold/,
    );
  });

  it("is sparse where offset and size of a piece are 0", async () => {
    const [image] = await read([
      [273, 4, [0]],
      [279, 4, [0]],
    ]);
    expect(image?.data).toEqual(Uint8Array.of(0, 0));
  });

  it("of the big form says 8 and 0 in its header", async () => {
    const big = writeTiff([{ fields: plain, pieces: [Uint8Array.of(3, 4)] }], { isBig: true });
    expect((await decodeImage(big, "a.tif"))[0]?.data).toEqual(Uint8Array.of(3, 4));
    big[6] = 1;
    await expect(decodeImage(big, "a.tif")).rejects.toThrow(/header says 8 and 1 instead of 8 and 0/);
  });
});
