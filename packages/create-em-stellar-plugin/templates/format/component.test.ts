import type { ByteSource } from "@em-stellar/core";
import { expect, it } from "vitest";
import { newFormat } from "./component.js";

function fileOf(header: string, ...pixels: number[]): ByteSource {
  const bytes = Uint8Array.from([...Array.from(header, (letter) => letter.charCodeAt(0)), ...pixels]);
  return { name: "cell.pgm", size: bytes.length, read: async (at, length) => bytes.subarray(at, at + length) };
}

it("reads an image, whole or in part", async () => {
  const source = fileOf("P5\n# made by hand\n3 2\n200\n", 1, 2, 3, 4, 5, 200);
  expect(newFormat().recognise(await source.read(0, 64))).toBe(true);
  const { pages, read } = await newFormat().open(source);
  expect(pages).toMatchObject([{ width: 3, height: 2, channels: 1, bits: 8 }]);
  expect(await read(0)).toEqual({
    width: 3,
    height: 2,
    channels: 1,
    data: Uint8Array.of(1, 2, 3, 4, 5, 200),
    fullRange: 200,
  });
  expect((await read(0, { x: 1, y: 1, width: 2, height: 1 })).data).toEqual(Uint8Array.of(5, 200));
});

it("refuses what it cannot read, and leaves other formats alone", async () => {
  expect(newFormat().recognise(Uint8Array.of(0x89, 0x50, 0x4e, 0x47))).toBe(false);
  await expect(newFormat().open(fileOf("P5\n3 2\n65535\n"))).rejects.toThrow("cell.pgm has values up to 65535");
  await expect(newFormat().open(fileOf("P5\nwide\n"))).rejects.toThrow("cell.pgm is no binary greymap");
});
