import { expect, it } from "vitest";
import { contrastOf, previewOf } from "../src/index.js";

const image = (data: Float32Array, channels = 1) => ({ width: data.length / channels, height: 1, channels, data });

it("contrast runs from the 0.5th to the 99.5th percentile of the first channel", () => {
  const thousand = Float32Array.from({ length: 1001 }, (_, i) => i);
  expect(contrastOf(image(thousand))).toEqual({ black: 5, white: 995 });
  expect(contrastOf(image(thousand), 101)).toEqual({ black: 10, white: 1000 }); // of every tenth pixel, the second and the last
  const pairs = Float32Array.from({ length: 2002 }, (_, i) => (i % 2 ? -1 : i / 2));
  expect(contrastOf(image(pairs, 2))).toEqual({ black: 5, white: 995 });
  expect(contrastOf(image(new Float32Array(4).fill(7)))).toEqual({ black: 7, white: 8 });
});

it("a preview is that contrast in 8 bits", () => {
  const { data } = previewOf(image(Float32Array.from({ length: 1001 }, (_, i) => i)));
  expect([data[0], data[5], data[500], data[995], data[1000]]).toEqual([0, 0, 128, 255, 255]);
});
