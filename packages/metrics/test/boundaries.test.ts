import { compare } from "@em-stellar/core";
import { averageSurfaceDistance, boundaryF1, hausdorff95, surfaceDistances } from "@em-stellar/metrics";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { distancesToNearest } from "../src/distance-transform.js";
import { drawn, maskPairs, parts, score, sizes } from "./masks.js";

describe("the distance transform", () => {
  it("is Euclidean: 5 from 3 columns and 4 rows away", () => {
    const width = 4;
    const corner = 4 * width + 3;
    expect([...distancesToNearest(Int32Array.of(corner), Int32Array.of(0), width, 5)]).toEqual([5]);
  });

  it("is infinite where there is nothing to be near to", () => {
    expect([...distancesToNearest(Int32Array.of(0, 3), new Int32Array(0), 2, 2)]).toEqual([Infinity, Infinity]);
  });

  it("equals the least distance over all pairs of pixels", () => {
    const cases = sizes.chain(({ width, height }) => {
      const indices = (maxLength: number) =>
        fc.uniqueArray(fc.nat(width * height - 1), { maxLength }).map((list) => Int32Array.from(list).sort());
      return fc.record({ width: fc.constant(width), height: fc.constant(height), from: indices(100), to: indices(6) });
    });
    fc.assert(
      fc.property(cases, ({ width, height, from, to }) => {
        const distance = (a: number, b: number) =>
          Math.sqrt(((a % width) - (b % width)) ** 2 + (Math.floor(a / width) - Math.floor(b / width)) ** 2);
        const expected = [...from].map((a) => Math.min(...[...to].map((b) => distance(a, b))));
        expect([...distancesToNearest(from, to, width, height)]).toEqual(expected);
      }),
      { numRuns: 1000 },
    );
  });

  it("stays exact where squares exceed 32 bits", () => {
    const last = 99_999;
    expect([...distancesToNearest(Int32Array.of(0, last), Int32Array.of(last), last + 1, 1)]).toEqual([last, 0]);
    expect([...distancesToNearest(Int32Array.of(0, last), Int32Array.of(last), 1, last + 1)]).toEqual([last, 0]);
  });
});

describe("the boundary", () => {
  it("is what touches the background by an edge; outside the image is background", () => {
    const square = drawn(".....", ".###.", ".###.", ".###.", ".....");
    const full = drawn("####", "####", "####", "####");
    const count = (map: typeof full) => surfaceDistances(compare(map, map)).fromTruth.length;
    expect(count(square)).toBe(8); // all but the middle
    expect(count(full)).toBe(12);
  });

  it("does not see a hole of one pixel: its rim is the object's own boundary", () => {
    const ring = drawn("###", "#.#", "###");
    const disc = drawn("###", "###", "###");
    expect(score(averageSurfaceDistance(), compare(disc, ring))).toBe(0);
  });
});

describe("two bars of three pixels, five pixels apart", () => {
  // From the truth: 5, 4, 3. From the prediction: 3, 4, 5.
  const pair = compare(drawn("###......."), drawn(".....###.."));
  it("average surface distance 4", () => expect(score(averageSurfaceDistance(), pair)).toBe(4));
  it("95 % Hausdorff distance 4.9, a tenth of the way from 5 to 4", () =>
    expect(score(hausdorff95(), pair)).toBeCloseTo(4.9, 12));
  it.each([
    [0, 0],
    [2, 0],
    [2.999, 0],
    [3, 1 / 3],
    [4, 2 / 3],
    [5, 1],
  ])("boundary F1 with a tolerance of %d: %d", (tolerance, expected) => {
    expect(score(boundaryF1({ tolerance }), pair)).toBeCloseTo(expected, 12);
  });
});

describe("an invention seven pixels from an object that was found", () => {
  // From the truth: 0. From the prediction: 0, 7.
  const pair = compare(drawn("#.........", ".........."), drawn("#......#..", ".........."));
  it("the larger direction is the Hausdorff distance: 0.95 × 7", () =>
    expect(score(hausdorff95(), pair)).toBeCloseTo(6.65, 12));
  it("all boundary pixels of both sides weigh the same: 7/3", () =>
    expect(score(averageSurfaceDistance(), pair)).toBe(7 / 3));
  it("half of the prediction is right, all of the truth is found: 2/3", () => {
    expect(score(boundaryF1(), pair)).toBe(2 / 3);
    expect(parts(boundaryF1(), pair)).toEqual({ truth: 1, truthMatched: 1, prediction: 2, predictionMatched: 1 });
  });
});

it("a tolerance of the square root of 2 reaches the next pixel diagonally", () => {
  const diagonal = compare(drawn("#..", "...", "..."), drawn("...", ".#.", "..."));
  expect(score(boundaryF1({ tolerance: Math.SQRT2 }), diagonal)).toBe(1);
  expect(score(boundaryF1({ tolerance: 1.41 }), diagonal)).toBe(0);
});

describe("images without objects", () => {
  const [object, nothing] = [drawn("##..", "...."), drawn("....", "....")];
  const found = compare(object, drawn(".##.", "...."));
  const missed = compare(object, nothing);
  const invented = compare(nothing, object);
  const empty = compare(nothing, nothing);

  it("an image where one side has no object counts its diagonal, √(4² + 2²): finding nothing is no way to the top", () => {
    for (const metric of [hausdorff95(), averageSurfaceDistance()]) {
      for (const pair of [missed, invented]) expect(score(metric, pair), metric.id).toBe(Math.sqrt(20));
      expect(score(metric, empty), metric.id).toBeUndefined();
      const ofFound = score(metric, found) ?? Number.NaN;
      expect(score(metric, found, missed, invented, empty)).toBeCloseTo((ofFound + 2 * Math.sqrt(20)) / 3, 12);
      expect(parts(metric, found, missed, missed, invented, empty)).toMatchObject({
        images: 4,
        missed: 2,
        invented: 1,
      });
    }
    expect(() => hausdorff95({ oneEmpty: "zero" as "diagonal" })).toThrow(
      'needs "diagonal" or null for "oneEmpty", but was given "zero".',
    );
  });

  it("with oneEmpty null no distance is defined there; parts() counts what the mean leaves out", () => {
    for (const metric of [hausdorff95({ oneEmpty: null }), averageSurfaceDistance({ oneEmpty: null })]) {
      for (const pair of [missed, invented, empty]) expect(score(metric, pair), metric.id).toBeUndefined();
      expect(score(metric, found, missed, invented, empty)).toBe(score(metric, found));
      expect(parts(metric, found, missed, missed, invented, empty)).toMatchObject({
        images: 1,
        missed: 2,
        invented: 1,
      });
    }
  });

  it("boundary F1 is 0 for a miss and an invention, undefined where there is nothing, and pools boundary pixels", () => {
    expect(score(boundaryF1(), missed)).toBe(0);
    expect(parts(boundaryF1(), missed)).toEqual({ truth: 2, truthMatched: 0, prediction: 0, predictionMatched: 0 });
    expect(score(boundaryF1(), invented)).toBe(0);
    expect(parts(boundaryF1(), invented)).toEqual({ truth: 0, truthMatched: 0, prediction: 2, predictionMatched: 0 });
    expect(score(boundaryF1(), empty)).toBeUndefined();
    expect(score(boundaryF1(), found, empty)).toBe(1);
    expect(score(boundaryF1(), found, missed)).toBe(2 / 3); // precision 2/2, recall 2/4
  });
});

it("a wider tolerance never lowers boundary F1, and one as wide as the image makes it 1", () => {
  fc.assert(
    fc.property(maskPairs, fc.double({ min: 0, max: 15, noNaN: true }), (pair, tolerance) => {
      const [narrow, wide, widest] = [tolerance, tolerance + 1, 20].map((t) =>
        score(boundaryF1({ tolerance: t }), pair),
      );
      if (narrow === undefined) return;
      expect(wide).toBeGreaterThanOrEqual(narrow);
      const { fromTruth, fromPrediction } = pair.derive(surfaceDistances);
      expect(widest).toBe(fromTruth.length > 0 && fromPrediction.length > 0 ? 1 : 0);
    }),
  );
});

it("names what is wrong with a tolerance", () => {
  expect(() => boundaryF1({ tolerance: -1 })).toThrow(
    'metric "boundary-f1" needs 0 or more pixels for "tolerance", but was given -1. Try 2.',
  );
});
