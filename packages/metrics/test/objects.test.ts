import { type Comparison, compare } from "@em-stellar/core";
import {
  adaptedRandError,
  ap50,
  ap75,
  connectedComponents,
  contingency,
  objectF1,
  objectOverlaps,
  voiMerge,
  voiSplit,
} from "@em-stellar/metrics";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drawn, maskPairs, parts, score } from "./masks.js";

const pair = (truth: string, prediction: string) => compare(drawn(truth), drawn(prediction));

describe("objects found", () => {
  it("of three, one found, one missed, one cut to 3/4; one invented", () => {
    const found = pair("####.##.####.......", "####....###.....###");
    expect(score(ap50(), found)).toBe(2 / 4);
    expect(score(ap75(), found)).toBe(2 / 4); // 3/4 is enough
    expect(score(objectF1(), found)).toBe(4 / 6);
    expect(parts(objectF1(), found)).toEqual({ tp: 2, fp: 1, fn: 1, iou: 1 + 3 / 4 });
  });

  it("an object cut in two counts as found where the larger part is at least half of it; for object F1, more", () => {
    const halves = pair("##########", "#####.####");
    expect(parts(ap50(), halves)).toEqual({ tp: 1, fp: 1, fn: 0, iou: 1 / 2 });
    expect(score(ap50(), halves)).toBe(1 / 2);
    expect(score(ap75(), halves)).toBe(0);
    expect(score(objectF1(), halves)).toBe(0);
    expect(parts(objectF1(), halves)).toEqual({ tp: 0, fp: 2, fn: 1, iou: 0 });
  });

  it("pools the objects of all images, so that an image of many counts for more than one of few", () => {
    const many = pair("#.#.#.#.#", "#.#.#.#.#");
    const one = pair("###......", "......###");
    expect(score(ap50(), many, one)).toBe(5 / 7);
    expect(score(objectF1(), many, one)).toBe(10 / 12);
  });

  it("leaves out small objects on both sides, not the pixels of large ones", () => {
    const specks = pair("#.####....#.##", "..####..#...##");
    expect(parts(ap50(), specks)).toMatchObject({ tp: 2, fp: 1, fn: 2 });
    expect(parts(ap50({ minimumSize: 2 }), specks)).toMatchObject({ tp: 2, fp: 0, fn: 0 });
    expect(parts(ap50({ minimumSize: 3 }), specks)).toMatchObject({ tp: 1, fp: 0, fn: 0 });
    expect(score(ap50({ minimumSize: 5 }), specks)).toBeUndefined();
    // One side of a match may be too small: 2 pixels of 3.
    expect(parts(ap50({ minimumSize: 3 }), pair("##.", "###"))).toMatchObject({ tp: 0, fp: 1, fn: 0 });
    expect(parts(ap50({ minimumSize: 3 }), pair("###", "##."))).toMatchObject({ tp: 0, fp: 0, fn: 1 });
  });

  it("by connectivity: a diagonal is three objects or one", () => {
    const diagonal = drawn("#..", ".#.", "..#");
    const counts = (connectivity: 4 | 8) => parts(objectF1({ connectivity }), compare(diagonal, diagonal))?.tp;
    expect(counts(4)).toBe(3);
    expect(counts(8)).toBe(1);
  });
});

describe("partitions", () => {
  const split = pair("####", "##.#"); // z = 1 of n = 4: AB = 4 + 1 + 1/4, A = 16, B = 5 + 1/4
  const cut = compare(drawn("####", "####", "...."), drawn("####", "....", "....")); // half missed
  const merge = pair("##.##", "#####");

  it("a merge of two equal objects: one bit, and half of the pairs are wrong", () => {
    expect(score(voiMerge(), merge)).toBe(1);
    expect(score(voiSplit(), merge)).toBe(0);
    expect(score(adaptedRandError(), merge)).toBeCloseTo(1 - (2 * 8) / (8 + 16), 12);
    expect(parts(adaptedRandError(), merge)).toEqual({
      both: 4 + 4,
      truth: 4 + 4,
      prediction: 16,
      missed: 0,
      pixels: 5,
    });
  });

  it("missed pixels: each alone for the Rand error, together one region for the information", () => {
    expect(score(adaptedRandError(), split)).toBeCloseTo(1 - (2 * 5.25) / (16 + 5.25), 12);
    expect(score(voiSplit(), split)).toBeCloseTo(0.5 * 1 + 0.25 * 2 + 0.25 * 2, 12);
    expect(score(voiMerge(), split)).toBe(0);
    expect(score(voiSplit(), cut)).toBe(1);
    expect(score(adaptedRandError(), cut)).toBeCloseTo(1 - (2 * (16 + 4 / 12)) / (64 + 16 + 4 / 12), 12);
  });

  it("objects that were both missed are merged with each other, but not with those of another image", () => {
    const missed = pair("##.##", ".....");
    expect(score(voiMerge(), missed)).toBe(1);
    expect(score(voiMerge(), missed, missed)).toBe(1);
    expect(parts(voiMerge(), missed, missed)).toEqual({ pixels: 8, split: 0, merge: 8 });
    expect(score(voiSplit(), missed)).toBe(0);
    expect(score(adaptedRandError(), missed)).toBeCloseTo(1 - (2 * 0.8) / (8 + 0.8), 12);
  });

  it("what is called object outside the truth does not count", () => {
    for (const metric of [adaptedRandError(), voiSplit(), voiMerge()]) {
      expect(score(metric, pair("##......", "##..####")), metric.id).toBe(0);
    }
  });

  it("parts() of either half of the information gives the bits of both", () => {
    expect(parts(voiSplit(), merge)).toEqual({ pixels: 4, split: 0, merge: 4 });
    expect(parts(voiMerge(), merge)).toEqual({ pixels: 4, split: 0, merge: 4 });
  });

  it("images weigh as much as they have object pixels", () => {
    const perfect = pair("######", "######");
    expect(score(voiMerge(), merge, perfect)).toBeCloseTo(4 / 10, 12);
    expect(score(adaptedRandError(), merge, perfect)).toBeCloseTo(1 - (2 * (8 + 36)) / (8 + 36 + 16 + 36), 12);
  });
});

describe("where the truth or the prediction has no object", () => {
  const [missed, invented, empty] = [pair("##..", "...."), pair("....", "##.."), pair("....", "....")];
  it.each([
    [ap50(), 0, 0],
    [ap75(), 0, 0],
    [objectF1(), 0, 0],
    [adaptedRandError(), 1 - 1 / (4 + 1 / 2), undefined], // AB = z/n = 2/4
    [voiSplit(), 0, undefined],
    [voiMerge(), 0, undefined],
  ])("$id", (metric, ofMiss, ofInvention) => {
    expect(score(metric, missed)).toBe(ofMiss);
    expect(score(metric, invented)).toBe(ofInvention);
    expect(score(metric, empty)).toBeUndefined();
    expect(score(metric)).toBeUndefined();
  });
});

describe("the contingency", () => {
  it("equals a count of label pairs, for objects in any order", () => {
    fc.assert(
      fc.property(maskPairs, fc.boolean(), (images: Comparison, backwards) => {
        const { width, height } = images.truth;
        const [truth, prediction] = [images.truth, images.prediction].map(({ data }) => {
          const map = connectedComponents(Uint8Array.from(data), width, height);
          if (!backwards) return map;
          return { ...map, labels: map.labels.map((label) => (label === 0 ? 0 : map.count + 1 - label)) };
        }) as [ReturnType<typeof connectedComponents>, ReturnType<typeof connectedComponents>]; // two in, two out
        const table = contingency(truth, prediction);
        const count = (isCounted: (t: number, p: number) => boolean) =>
          truth.labels.filter((t, i) => isCounted(t, prediction.labels[i] as number)).length;
        expect([...table.truthSizes]).toEqual(Array.from({ length: truth.count + 1 }, (_, l) => count((t) => t === l)));
        expect([...table.predictionSizes]).toEqual(
          Array.from({ length: prediction.count + 1 }, (_, l) => count((_, p) => p === l)),
        );
        for (let t = 1; t <= truth.count; t++) {
          const [from, to] = [table.starts[t] as number, table.starts[t + 1] as number];
          const listed = Array.from({ length: to - from }, (_, i) => [table.labels[from + i], table.counts[from + i]]);
          const expected = Array.from({ length: prediction.count }, (_, i) => [
            i + 1,
            count((a, b) => a === t && b === i + 1),
          ]);
          expect(listed.sort(byLabel)).toEqual(expected.filter(([, pixels]) => pixels !== 0));
        }
      }),
    );
  });

  it("is asked for once by all measures of objects", () => {
    const { derive, ...maps } = pair("##.##", "##.#.");
    const asked = new Set<unknown>();
    const watched: Comparison = {
      ...maps,
      derive(derivation) {
        asked.add(derivation);
        return derive(derivation);
      },
    };
    for (const metric of [ap50(), ap75(), objectF1(), adaptedRandError(), voiSplit(), voiMerge()])
      score(metric, watched);
    expect([...asked]).toEqual([objectOverlaps[4]]);
  });
});

it("no object can be found at 0.75 that is not found at 0.5", () => {
  fc.assert(
    fc.property(maskPairs, (images) => {
      expect(score(ap75(), images) ?? 0).toBeLessThanOrEqual(score(ap50(), images) ?? 0);
    }),
  );
});

it("names what is wrong with an option", () => {
  expect(() => ap50({ minimumSize: 2.5 })).toThrow(
    'metric "ap-50" needs a whole number of pixels, at least 1, for "minimumSize", but was given 2.5. Leave it out to keep all objects.',
  );
  // @ts-expect-error: no such connectivity
  expect(() => voiSplit({ connectivity: 6 })).toThrow(
    'metric "voi-split" needs 4 (pixels that share an edge) or 8 (also those that share a corner) for "connectivity", but was given 6.',
  );
});

function byLabel([a = 0]: readonly (number | undefined)[], [b = 0]: readonly (number | undefined)[]): number {
  return a - b;
}
