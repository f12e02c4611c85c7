import { otsu } from "@em-stellar/baselines";
import { binarize, maskOf, type Raster } from "@em-stellar/core";
import { describe, expect, it } from "vitest";
import { gaussianBlur } from "../src/gaussian-blur.js";
import golden from "./fixtures/golden.json" with { type: "json" };

const { width, height } = golden;

describe("gaussianBlur agrees with scipy's gaussian_filter", () => {
  it.each(golden.blur.results)("sigma $sigma", ({ sigma, values }) => {
    const blurred = gaussianBlur(Uint8Array.from(golden.blur.image), width, height, sigma);
    expect(blurred).toHaveLength(width * height);
    values.forEach((value, i) => {
      expect(blurred[i]).toBeCloseTo(value, 4); // two passes of 32-bit floats up to 255
    });
  });
});

describe("otsu calls the pixels bright that scikit-image's threshold_otsu does", () => {
  it.each(golden.otsu)("image $# of $bits bits", async ({ bits, values, brighter }) => {
    const data = bits === 8 ? Uint8Array.from(values) : Uint16Array.from(values);
    const image: Raster = { width, height, channels: 1, data };
    const mask = maskOf(width, height, (i) => brighter[i] === 1);
    const { segment, learnt } = await otsu().fit([{ id: "only", image: async () => image, mask: async () => mask }]);
    expect(learnt).toEqual({ polarity: "bright", trainingJaccard: 1 });
    expect([...binarize(segment(image))]).toEqual(brighter);
  });
});
