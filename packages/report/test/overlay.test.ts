import { decode } from "fast-png";
import { describe, expect, test } from "vitest";
import { compareObjects, findObjects } from "../src/objects.js";
import { classify, countPixels, overlayPng, palettes, shrinkClasses } from "../src/overlay.js";

// One object of 2 × 2 pixels; the prediction is the same object one pixel to the right.
const truth = Uint8Array.of(0, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0, 0);
const prediction = Uint8Array.of(0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0);

/** Colours of all pixels of a 4-bit palette PNG, with their opacity. */
function pixels(png: Uint8Array): number[][] {
  const { width, height, data, palette, depth } = decode(png);
  expect(depth).toBe(4);
  return Array.from({ length: width * height }, (_, i) => {
    const byte = data[Math.floor(i / width) * Math.ceil(width / 2) + ((i % width) >> 1)] as number;
    return palette?.[(i % width) & 1 ? byte & 15 : byte >> 4] ?? [];
  });
}

describe("overlays", () => {
  test("count each pixel once", () => {
    expect(countPixels(classify(truth, prediction))).toEqual({ tp: 2, fp: 2, fn: 2, tn: 10 });
  });

  test("paint the paper's colours: yellow, green, red and black", () => {
    const yellow = [255, 255, 0];
    const green = [0, 255, 0];
    const red = [255, 0, 0];
    const black = [0, 0, 0];
    const painted = pixels(overlayPng(classify(truth, prediction), 4, 4, "paper")).map((colour) => colour.slice(0, 3));
    expect(painted).toEqual([
      ...[black, black, black, black],
      ...[black, red, yellow, green],
      ...[black, red, yellow, green],
      ...[black, black, black, black],
    ]);
  });

  test("leave the background clear, tint what was found, and give errors a solid or a dashed edge", () => {
    const painted = pixels(overlayPng(classify(truth, prediction), 4, 4, "accessible"));
    expect(painted[0]).toEqual([0, 0, 0, 0]);
    expect(painted[6]).toEqual([86, 160, 255, 105]);
    expect(painted[7]).toEqual([255, 176, 0, 255]);
    expect(painted[5]).toEqual([220, 38, 127, 255]);
    // Dashes change every 4 pixels along x + y.
    const column = pixels(overlayPng(new Uint8Array(8).fill(3), 1, 8, "accessible")).map(([red]) => red);
    expect(column).toEqual([220, 220, 220, 220, 220, 220, 220, 220]); // one class all over has no edge
    const line = pixels(
      overlayPng(
        Uint8Array.from({ length: 16 }, (_, i) => (i % 2 ? 0 : 3)),
        2,
        8,
        "accessible",
      ),
    );
    expect(line.filter((_, i) => i % 2 === 0).map((colour) => colour[1])).toEqual([38, 38, 38, 38, 255, 255, 255, 255]);
  });

  test("keep odd widths in their rows", () => {
    const painted = pixels(overlayPng(Uint8Array.of(1, 0, 2, 0, 3, 1), 3, 2, "paper"));
    expect(painted.map(([red, green]) => [red, green])).toEqual([
      [255, 255],
      [0, 0],
      [0, 255],
      [0, 0],
      [255, 0],
      [255, 255],
    ]);
  });

  test("shrink by the most frequent class of a block, errors before agreement", () => {
    const classes = Uint8Array.of(1, 1, 0, 0, 1, 0, 3, 3);
    expect([...shrinkClasses(classes, 4, 2, 2)]).toEqual([1, 3]);
    expect([...shrinkClasses(Uint8Array.of(0, 0, 0, 2, 2), 5, 1, 2)]).toEqual([0, 2, 2]);
  });

  test("objects: found by half, extra where most lies outside", () => {
    const count = (truth: Uint8Array, prediction: Uint8Array, width: number) =>
      compareObjects(findObjects(truth, width), findObjects(prediction, width));
    // 4 × 3: the truth has objects of 2, 1 and 3 pixels (half, none and all of them covered); diagonal neighbours do not join.
    const truth = Uint8Array.of(1, 1, 0, 1, 0, 0, 0, 0, 0, 1, 1, 1);
    expect(count(truth, Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 1, 0, 1, 1, 1), 4)).toEqual({
      truth: 3,
      found: 2,
      merged: 0,
      extra: 0,
    });
    // One that covers all of them finds three and tells none apart.
    expect(count(truth, new Uint8Array(12).fill(1), 4)).toEqual({ truth: 3, found: 3, merged: 3, extra: 0 });
    expect(count(new Uint8Array(4), Uint8Array.of(1, 0, 0, 1), 2)).toEqual({ truth: 0, found: 0, extra: 2, merged: 0 });
    // The end of a row does not touch the beginning of the next.
    expect(findObjects(Uint8Array.of(0, 1, 1, 0), 2).count).toBe(2);
  });

  test("the accessible trio stays apart for readers without red, green or blue cones", () => {
    // Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB; distances in OKLab (Ottosson, 2020).
    const simulations = {
      normal: [1, 0, 0, 0, 1, 0, 0, 0, 1],
      protanopia: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
      deuteranopia: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
      tritanopia: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
    };
    const [, tp, fp, fn] = palettes.accessible.classes;
    for (const [name, matrix] of Object.entries(simulations)) {
      const seen = [tp, fp, fn].map(({ edge }) => oklab(multiply(matrix, edge.slice(0, 3).map(linear))));
      for (const [a, b] of [
        [0, 1],
        [0, 2],
        [1, 2],
      ] as const) {
        const distance = Math.hypot(...(seen[a] as number[]).map((value, i) => value - (seen[b]?.[i] as number)));
        expect(distance, `${name}: colours ${a} and ${b}`).toBeGreaterThan(0.15);
      }
    }
  });
});

function linear(channel: number): number {
  const c = channel / 255;
  return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
}

function multiply(matrix: readonly number[], [x = 0, y = 0, z = 0]: readonly number[]): number[] {
  return [0, 3, 6].map((row) => {
    const sum = (matrix[row] ?? 0) * x + (matrix[row + 1] ?? 0) * y + (matrix[row + 2] ?? 0) * z;
    return Math.min(1, Math.max(0, sum));
  });
}

function oklab(rgb: readonly number[]): number[] {
  const lms = multiplyFreely(
    [
      0.4122214708, 0.5363325363, 0.0514459929, 0.2119034982, 0.6806995451, 0.1073969566, 0.0883024619, 0.2817188376,
      0.6299787005,
    ],
    rgb,
  ).map(Math.cbrt);
  return multiplyFreely(
    [
      0.2104542553, 0.793617785, -0.0040720468, 1.9779984951, -2.428592205, 0.4505937099, 0.0259040371, 0.7827717662,
      -0.808675766,
    ],
    lms,
  );
}

function multiplyFreely(matrix: readonly number[], [x = 0, y = 0, z = 0]: readonly number[]): number[] {
  return [0, 3, 6].map((row) => (matrix[row] ?? 0) * x + (matrix[row + 1] ?? 0) * y + (matrix[row + 2] ?? 0) * z);
}
