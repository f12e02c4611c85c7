import { expect, it } from "vitest";
import { scaleBarOf } from "../../src/prediction/scale-bar.js";

/** Columns that are white in the last rows but three, where the bar is. */
const barOf = (...given: Parameters<typeof scaleBarOf>) => {
  const stamp = scaleBarOf(...given);
  if (!stamp) return undefined;
  const rows = Array.from(
    { length: stamp.height },
    (_, y) => [...stamp.ink.slice(y * stamp.width, (y + 1) * stamp.width)].filter((ink) => ink === 2).length,
  );
  return Math.max(...rows);
};

it("is 1, 2 or 5 times a power of ten long, at most a third of the image", () => {
  expect(barOf(300, 200, 1)).toBe(100); // 100 nm of 300
  expect(barOf(301, 200, 2)).toBe(100); // 200 nm of 602
  expect(barOf(512, 512, 5)).toBe(100); // 500 nm of 2560
  expect(barOf(512, 512, 9)).toBe(111); // 1 µm of 4608
  expect(barOf(400, 400, 0.1)).toBe(100); // 10 nm of 40
  expect(barOf(4096, 4096, 4)).toBe(1250); // 5 µm of 16 µm
});

it("says its length in letters of five by seven", () => {
  const { ink = [], width = 0 } = scaleBarOf(300, 200, 1) ?? {};
  const lines = Array.from({ length: 7 }, (_, y) =>
    Array.from(ink.slice((3 + y) * width, (4 + y) * width), (each) => (each === 2 ? "#" : " "))
      .join("")
      .trim(),
  );
  expect(lines).toEqual([
    "#    ###   ###",
    "##   #   # #   #",
    "#   #  ## #  ##       # ##  ## #",
    "#   # # # # # #       ##  # # # #",
    "#   ##  # ##  #       #   # # # #",
    "#   #   # #   #       #   # #   #",
    "###   ###   ###        #   # #   #",
  ]);
});

it("is left out where the image has no room for it", () => {
  expect(scaleBarOf(40, 40, 5)).toBeUndefined();
  expect(scaleBarOf(400, 30, 5)).toBeUndefined();
});

it("lies within the image, off its border", () => {
  for (const [width, height] of [
    [100, 90],
    [3000, 200],
    [64, 500],
  ] as const) {
    const stamp = scaleBarOf(width, height, 3);
    if (!stamp) continue;
    expect(stamp.left).toBeGreaterThan(0);
    expect(stamp.left + stamp.width).toBeLessThan(width);
    expect(stamp.top + stamp.height).toBeLessThan(height);
  }
  expect(scaleBarOf(100, 90, 3)).toBeDefined();
});
