import { describe, expect, it } from "vitest";
import { pixelRate, renderPrediction } from "../../src/terminal/prediction-progress.js";

const halfway = {
  name: "stack.tif (page 3)",
  pixels: 4_000_000,
  done: 1_000_000,
  images: 2,
  imagesInAll: 5,
  pixelsInAll: 20_000_000,
  doneInAll: 9_000_000,
  seconds: 30,
};

describe("renderPrediction", () => {
  it("shows the image and all of them, with the time left at the rate so far", () => {
    const [image, all, ...others] = renderPrediction(halfway, 120);
    expect(others).toEqual([]);
    expect(image).toMatch(/^stack\.tif \(page 3\) {2}━{8}─{24} {3}25 %$/);
    // 9 of 20 megapixels in 30 s: 0.3 a second, 11 left.
    expect(all).toMatch(/^Predicting +━{14}─{18} {3}2\/5 images {3}37 s left {3}0\.3 megapixels\/s$/);
  });

  it("is never wider than the terminal", () => {
    for (const columns of [20, 40, 60, 80]) {
      const lines = renderPrediction(
        { ...halfway, name: "a-very-long-name-of-an-image-that-goes-on-and-on.tif" },
        columns,
      );
      expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(columns);
    }
  });

  it("knows no rate before the first pixel, and shows nothing after the last image", () => {
    expect(renderPrediction({ ...halfway, doneInAll: 0, seconds: 0 }, 120).join()).not.toContain("left");
    expect(renderPrediction({ ...halfway, images: 5 }, 120)).toEqual([]);
  });

  it("rounds a rate to two digits", () => {
    expect(pixelRate(1_284_000)).toBe("1.3 megapixels/s");
    expect(pixelRate(63_700)).toBe("0.064 megapixels/s");
  });
});
