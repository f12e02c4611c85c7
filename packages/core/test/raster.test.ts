import { binarize, InputError, maskOf, probabilities, type RasterData, requireSameSize } from "@em-stellar/core";
import { describe, expect, it } from "vitest";

const map = (data: RasterData, maximum: number, threshold?: number) => ({
  width: data.length,
  height: 1,
  data,
  maximum,
  ...(threshold === undefined ? {} : { threshold }),
});

describe("binarize", () => {
  it("is 1 strictly above the threshold: 127/255 and 128/255 lie on the two sides of a half", () => {
    expect([...binarize(map(Uint8Array.of(0, 127, 128, 255), 255))]).toEqual([0, 0, 1, 1]);
    expect([...binarize(map(Float32Array.of(0.5, 0.5000001, 0.49999997), 1))]).toEqual([0, 1, 0]);
    expect([...binarize(map(Uint8Array.of(1, 2, 3), 4))]).toEqual([0, 0, 1]);
  });

  it("compares as 32-bit floats: 51/255 is above 0.2, as are 102, 153 and 204 above 0.4, 0.6 and 0.8", () => {
    for (const [value, threshold] of [
      [51, 0.2],
      [102, 0.4],
      [153, 0.6],
      [204, 0.8],
    ] as const) {
      expect(Math.fround(value / 255)).toBeGreaterThan(threshold);
      expect([...binarize(map(Uint8Array.of(value - 1, value), 255), threshold)]).toEqual([0, 1]);
      expect([...binarize(map(Float32Array.of(value - 1, value), 255), threshold)]).toEqual([0, 1]);
      expect([...binarize(map(Uint16Array.of((value - 1) * 257, value * 257), 65535), threshold)]).toEqual([0, 1]);
    }
  });

  it("takes the map's own threshold unless given another", () => {
    const own = map(Uint8Array.of(50, 150, 250), 255, 0.9);
    expect([...binarize(own)]).toEqual([0, 0, 1]);
    expect([...binarize(own, 0.5)]).toEqual([0, 1, 1]);
  });

  it("calls nothing object above 1, and everything above 0 object above 0", () => {
    for (const data of [Uint8Array.of(0, 1, 255), Float32Array.of(0, 1, 255)]) {
      expect([...binarize(map(data, 255), 1)]).toEqual([0, 0, 0]);
      expect([...binarize(map(data, 255), 0)]).toEqual([0, 1, 1]);
    }
  });

  it("a threshold that is not a number calls nothing object, nor is a pixel that is not a number", () => {
    expect([...binarize(map(Uint8Array.of(0, 255), 255), Number.NaN)]).toEqual([0, 0]);
    expect([...binarize(map(Float32Array.of(0, 1), 1), Number.NaN)]).toEqual([0, 0]);
    expect([...binarize(map(Float32Array.of(Number.NaN, 1), 1))]).toEqual([0, 1]);
  });
});

describe("probabilities", () => {
  it("divides by the maximum", () => {
    expect([...probabilities(map(Uint8Array.of(0, 51, 255), 255))]).toEqual([0, Math.fround(0.2), 1]);
    expect([...probabilities(map(Uint16Array.of(0, 65535), 65535))]).toEqual([0, 1]);
    expect([...probabilities(map(Float32Array.of(0, 2), 4))]).toEqual([0, 0.5]);
  });
  it("is the map's own array where that holds them already", () => {
    const data = Float32Array.of(0.25, 0.75);
    expect(probabilities(map(data, 1))).toBe(data);
  });
});

it("maskOf counts pixels row by row", () => {
  expect(maskOf(3, 2, (i) => i === 1 || i === 5)).toEqual({
    width: 3,
    height: 2,
    maximum: 1,
    data: Uint8Array.of(0, 1, 0, 0, 0, 1),
  });
});

it("requireSameSize names both sizes", () => {
  expect(() => requireSameSize("Image and mask of a.png", { width: 4, height: 3 }, { width: 3, height: 4 })).toThrow(
    new InputError(
      "Image and mask of a.png differ in size: 4 × 3 and 3 × 4 pixels (width × height). They must match pixel for pixel.",
    ),
  );
});
