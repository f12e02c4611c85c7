import { expect, it } from "vitest";
import { buffersOf, levelsOf } from "../../src/viewer/levels.js";

it("a small image is its only level, with its range and contrast", () => {
  const image = { width: 2, height: 2, channels: 1, data: Uint8Array.of(10, 20, 30, 250) };
  const { levels, range, contrast } = levelsOf(image);
  expect(levels).toEqual([image]);
  expect(range).toEqual({ black: 10, white: 250 });
  expect(contrast).toEqual({ black: 10, white: 250 });
});

it("a constant image can be shown", () => {
  const { range, contrast } = levelsOf({ width: 2, height: 1, channels: 1, data: Float32Array.of(7, 7) });
  expect([range, contrast]).toEqual([
    { black: 7, white: 8 },
    { black: 7, white: 8 },
  ]);
});

it("each level has half the sides of the one before, rounded up, and means of four pixels", () => {
  const width = 1025;
  const data = Uint16Array.from({ length: width * 2 }, (_, i) => (i < width ? i : 0));
  const { levels } = levelsOf({ width, height: 2, channels: 1, data });
  expect(levels.map((level) => [level.width, level.height])).toEqual([
    [1025, 2],
    [513, 1],
    [257, 1],
  ]);
  // (0 + 1 + 0 + 0) / 4 and (2 + 3) / 4, rounded; the last column stands alone, with itself as its neighbour.
  expect([...(levels[1]?.data ?? [])].filter((_, i) => [0, 1, 512].includes(i))).toEqual([0, 1, 512]);
});

it("colours stay apart, floats are not rounded", () => {
  const data = new Float32Array(513 * 3).map((_, i) => [1, 2, 4][i % 3] as number);
  data[0] = 2;
  const { levels } = levelsOf({ width: 513, height: 1, channels: 3, data });
  expect([...(levels[1]?.data.subarray(0, 6) ?? [])]).toEqual([1.5, 2, 4, 1, 2, 4]);
});

it("hands over every level", () => {
  const levels = levelsOf({ width: 1024, height: 1, channels: 1, data: new Uint8Array(1024) });
  expect(buffersOf(levels).map(({ byteLength }) => byteLength)).toEqual([1024, 512]);
});
