import { constant, otsu, smoothedThreshold } from "@em-stellar/baselines";
import {
  type Baseline,
  binarize,
  InputError,
  maskOf,
  type Raster,
  type RasterData,
  type Sample,
} from "@em-stellar/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

/** A row of pixels and its mask, one digit each. */
function sample(data: RasterData, mask: string, id = "row"): Sample {
  const image: Raster = { width: data.length, height: 1, channels: 1, data };
  return { id, image: async () => image, mask: async () => maskOf(data.length, 1, (i) => mask[i] === "1") };
}
const row = (data: RasterData, channels = 1): Raster => ({ width: data.length / channels, height: 1, channels, data });

async function segmented(baseline: Baseline, train: readonly Sample[], image: Raster): Promise<string> {
  const { segment } = await baseline.fit(train);
  return binarize(segment(image)).join("");
}

describe("constant", () => {
  it("calls every pixel object; its Jaccard index is the object's share", async () => {
    const train = [sample(new Uint8Array(4), "1000"), sample(new Uint8Array(6), "110000")];
    const { learnt } = await constant().fit(train);
    expect(learnt).toEqual({ probability: 1, trainingJaccard: 0.3 });
    expect(await segmented(constant(), train, row(new Uint8Array(5)))).toBe("11111");
  });
});

describe("otsu", () => {
  const dark = sample(Uint8Array.of(10, 12, 200, 210, 190), "11000");

  it("picks dark or bright on the training images, the threshold on each image", async () => {
    expect(await segmented(otsu(), [dark], row(Uint8Array.of(100, 240, 250, 105)))).toBe("1001");
    const bright = sample(Uint8Array.of(10, 12, 200, 210, 190), "00111");
    expect(await segmented(otsu(), [bright], row(Uint8Array.of(100, 240, 250, 105)))).toBe("0110");
  });

  it("pools the training images: the side that finds more wins, not the side of more images", async () => {
    const bright = sample(Uint8Array.of(0, 255), "01");
    const { learnt } = await otsu().fit([
      bright,
      bright,
      sample(Uint8Array.of(0, 0, 0, 0, 0, 0, 255, 255), "11111100"),
    ]);
    // dark finds 6 of 8 objects and calls 2 others object; bright finds 2 of 8 and calls 2 others object
    expect(learnt).toEqual({ polarity: "dark", trainingJaccard: 6 / 10 });
  });

  it("keeps the order of the grey values, 0 and 1 at the ends of the image's range", async () => {
    const { segment } = await otsu().fit([dark]);
    const { data } = segment(row(Float32Array.of(-1, -0.5, 0.5, 1)));
    expect([...data]).toEqual([1, 0.75, 0.25, 0].map((p) => expect.closeTo(p, 3)));
  });

  it("an image of one grey value is all background", async () => {
    expect(await segmented(otsu(), [dark], row(Uint8Array.of(7, 7, 7)))).toBe("000");
    const { learnt } = await otsu().fit([dark, sample(Uint8Array.of(7, 7), "11")]);
    expect(learnt).toEqual({ polarity: "dark", trainingJaccard: 2 / 4 });
  });

  it("takes the mean of several channels", async () => {
    const image = row(Uint8Array.of(0, 30, 0, 90, 60, 90, 0, 15, 30), 3); // 10, 80, 15
    expect(await segmented(otsu(), [dark], image)).toBe("101");
  });
});

describe("smoothed-threshold", () => {
  it("picks threshold and side on the training images, halfway between the grey values it has to part", async () => {
    const { learnt, segment } = await smoothedThreshold({ sigmas: [0] }).fit([
      sample(Uint8Array.of(10, 20, 110, 200), "1100"),
      sample(Uint8Array.of(60, 0, 255, 150), "1100"),
    ]);
    expect(learnt).toEqual({ sigma: 0, threshold: expect.closeTo(85, 2), polarity: "dark", trainingJaccard: 1 });
    const { data } = segment(row(Uint8Array.of(0, 84, 86, 255)));
    expect([...data]).toEqual([1, 0.506, 0.497, 0].map((p) => expect.closeTo(p, 2)));
    expect(binarize(segment(row(Uint8Array.of(0, 84, 86, 255)))).join("")).toBe("1100");
  });

  it("picks the blur that a noisy image needs", async () => {
    // A step from 100 to 140 under an alternation of ±60: no threshold of the raw image parts it.
    const values = Uint8Array.from({ length: 64 }, (_, i) => (i < 32 ? 100 : 140) + (i % 2 ? 60 : -60));
    const train = [sample(values, "0".repeat(32) + "1".repeat(32))];
    const { learnt } = await smoothedThreshold({ sigmas: [0, 2] }).fit(train);
    expect(learnt).toMatchObject({ sigma: 2, polarity: "bright", trainingJaccard: 1 });
    expect((await smoothedThreshold({ sigmas: [0] }).fit(train)).learnt.trainingJaccard).toBeLessThan(0.7);
  });

  it("finds the highest pooled Jaccard index there is, and its mask has it", async () => {
    const images = fc.array(
      fc.array(fc.record({ value: fc.integer({ min: 0, max: 9 }), isObject: fc.boolean() }), {
        minLength: 1,
        maxLength: 6,
      }),
      { minLength: 1, maxLength: 4 },
    );
    await fc.assert(
      fc.asyncProperty(images, fc.constantFrom(Uint8Array, Uint16Array, Float32Array), async (drawn, Numbers) => {
        const pixels = drawn.flat();
        fc.pre(pixels.some(({ isObject }) => isObject));
        const jaccardOf = (called: (value: number) => boolean) =>
          pixels.filter(({ value, isObject }) => isObject && called(value)).length /
          pixels.filter(({ value, isObject }) => isObject || called(value)).length;
        const cuts = Array.from({ length: 11 }, (_, k) => k - 0.5);
        const best = Math.max(...cuts.flatMap((cut) => [jaccardOf((v) => v > cut), jaccardOf((v) => v < cut)]));
        const train = drawn.map((image) =>
          sample(Numbers.from(image.map(({ value }) => value)), image.map(({ isObject }) => +isObject).join("")),
        );
        const { learnt, segment } = await smoothedThreshold({ sigmas: [0] }).fit(train);
        expect(learnt.trainingJaccard).toBe(best);
        const called = binarize(segment(row(Numbers.from(pixels.map(({ value }) => value)))));
        const found = pixels.filter(({ isObject }, i) => isObject && called[i]).length;
        expect(found / pixels.filter(({ isObject }, i) => isObject || called[i]).length).toBe(best);
      }),
      { numRuns: 40 },
    );
  });

  it("refuses sigmas that are none or negative", () => {
    for (const sigmas of [[], [1, -1]]) {
      expect(() => smoothedThreshold({ sigmas })).toThrow(
        `baseline "smoothed-threshold" needs at least one sigma, each from 0 to 1000 pixels, for "sigmas", but was given ${JSON.stringify(sigmas)}. Try [1, 2, 4].`,
      );
    }
  });
});

describe.each([constant(), otsu(), smoothedThreshold()])("$id refuses", (baseline) => {
  const { id } = baseline;
  it.each([
    ["no samples", [], `baseline "${id}" was given no training samples. Give it at least one.`],
    [
      "a sample without a mask",
      [{ id: "a", image: async () => row(new Uint8Array(2)) }],
      `baseline "${id}" learns from masks, but sample "a" has none. Give it labelled samples only.`,
    ],
    [
      "a mask of another size",
      [{ id: "a", image: async () => row(new Uint8Array(2)), mask: async () => maskOf(3, 1, () => true) }],
      'The image and the mask of sample "a" differ in size: 2 × 1 and 3 × 1 pixels (width × height). They must match pixel for pixel.',
    ],
    [
      "masks without any object",
      [sample(new Uint8Array(2), "00"), sample(new Uint8Array(2), "00")],
      `baseline "${id}" found no object in 2 training masks. At least one pixel must be above half of the masks' range.`,
    ],
  ])("%s", async (_, samples: readonly Sample[], message) => {
    await expect(baseline.fit(samples)).rejects.toThrow(new InputError(message));
  });
});
