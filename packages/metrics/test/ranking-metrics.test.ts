import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Comparison, compare, type Metric, type ProbabilityMap } from "@em-stellar/core";
import {
  aucRoc,
  averagePrecision,
  confusion,
  mergeScoreCounts,
  precisionRecallCurve,
  rocCurve,
  type ScoreCounts,
  scoreCounts,
  thresholdSweep,
} from "@em-stellar/metrics";
import fc from "fast-check";
import { decode } from "fast-png";
import { describe, expect, it } from "vitest";
import real from "./fixtures/auc-real.json" with { type: "json" };
import small from "./fixtures/auc-small.json" with { type: "json" };

function score(metric: Metric, ...pairs: readonly Comparison[]): number | undefined {
  const accumulator = metric.accumulate();
  for (const pair of pairs) accumulator.add(pair);
  return accumulator.result();
}

/** One row of pixels: the classes, and the probabilities as floats. */
function scored(classes: readonly number[], probabilities: readonly number[]): Comparison {
  const size = { width: classes.length, height: 1, maximum: 1 };
  return compare({ ...size, data: Uint8Array.from(classes) }, { ...size, data: Float32Array.from(probabilities) });
}

function expectPoints(actual: ArrayLike<number> | undefined, expected: readonly number[] | undefined, digits = 12) {
  expect(actual).toHaveLength(expected?.length ?? -1);
  expected?.forEach((value, i) => {
    expect(actual?.[i]).toBeCloseTo(value, digits);
  });
}

describe("agree with scikit-learn", () => {
  it.each(small.cases)("$name", ({ y, score: probabilities, auc_roc, average_precision, roc, pr }) => {
    const pair = scored(y, probabilities);
    const counts = pair.derive(scoreCounts);
    const hasObject = y.includes(1);
    if (auc_roc === null) {
      expect(score(aucRoc(), pair)).toBeUndefined();
      expect(rocCurve(counts)).toBeUndefined();
    } else expect(score(aucRoc(), pair)).toBeCloseTo(auc_roc, 12);
    // Of this version; scikit-learn gives 0 or NaN where there is no object, by version.
    if (hasObject) expect(score(averagePrecision(), pair)).toBeCloseTo(average_precision, 12);
    else {
      expect(score(averagePrecision(), pair)).toBeUndefined();
      expect(precisionRecallCurve(counts)).toBeUndefined();
    }
    if (!roc || !pr) return;
    const curve = rocCurve(counts);
    expectPoints(curve?.fpr, roc.fpr);
    expectPoints(curve?.tpr, roc.tpr);
    expectPoints(curve?.thresholds.slice(1), roc.thresholds.slice(1), 7); // ours are 32-bit floats
    expect(curve?.thresholds[0]).toBe(Number.POSITIVE_INFINITY);
    // scikit-learn goes from lenient to strict.
    const other = precisionRecallCurve(counts);
    expectPoints(other?.precision, pr.precision.toReversed());
    expectPoints(other?.recall, pr.recall.toReversed());
    expectPoints(other?.thresholds.slice(1), pr.thresholds.toReversed(), 7);
  });

  const data = process.env.EM_STELLAR_DATA;
  it.skipIf(!data).each(Object.entries(real))(
    "on the released cardiac predictions of %s (needs EM_STELLAR_DATA)",
    (method, { pooled, per_image }) => {
      const read = (...path: string[]): ProbabilityMap => {
        const { width, height, data: pixels } = decode(readFileSync(join(data ?? "", "cardiac", ...path)));
        if (!(pixels instanceof Uint8Array)) throw new Error(`${path.join("/")} is not an 8-bit image`);
        return { width, height, data: pixels, maximum: 255 };
      };
      const pairs = ["A0004.png", "B0004.png", "C0004.png", "D0004.png"].map((image) =>
        compare(read("test", "masks", image), read("released-predictions", method, image)),
      );
      expect(score(aucRoc(), ...pairs)).toBeCloseTo(pooled.auc_roc, 12);
      expect(score(averagePrecision(), ...pairs)).toBeCloseTo(pooled.average_precision, 12);
      pairs.forEach((pair, i) => {
        expect(score(aucRoc(), pair)).toBeCloseTo(per_image[i]?.auc_roc ?? Number.NaN, 12);
        expect(score(averagePrecision(), pair)).toBeCloseTo(per_image[i]?.average_precision ?? Number.NaN, 12);
      });
    },
  );
});

describe("by hand: objects at 0.5 and 1, background at 0, 0.5 and 0.75", () => {
  const pair = scored([1, 1, 0, 0, 0], [0.5, 1, 0, 0.5, 0.75]);
  const counts = pair.derive(scoreCounts);

  it("an object wins against 4 of 6, and ties with 1", () => {
    expect(score(aucRoc(), pair)).toBe(4.5 / 6);
  });

  it("half of the recall is gained at precision 1, half at 2 of 4", () => {
    expect(score(averagePrecision(), pair)).toBe(0.5 * 1 + 0.5 * (2 / 4));
  });

  it("counts", () => {
    expect(counts).toEqual({
      scores: Float32Array.of(0, 0.5, 0.75, 1),
      objects: Uint32Array.of(0, 1, 0, 1),
      background: Uint32Array.of(1, 1, 1, 0),
    });
  });

  it("the curves go from nothing called object to everything", () => {
    const thresholds = Float64Array.of(Number.POSITIVE_INFINITY, 1, 0.75, 0.5, 0);
    expect(rocCurve(counts)).toEqual({
      thresholds,
      fpr: Float64Array.of(0, 0, 1 / 3, 2 / 3, 1),
      tpr: Float64Array.of(0, 0.5, 0.5, 1, 1),
    });
    expect(precisionRecallCurve(counts)).toEqual({
      thresholds,
      recall: Float64Array.of(0, 0.5, 0.5, 1, 1),
      precision: Float64Array.of(1, 1, 1 / 2, 2 / 4, 2 / 5),
    });
  });

  it("the sweep calls object what is above a threshold, not what is at it", () => {
    expect(thresholdSweep(counts, [0.5, 0, 1, -1])).toEqual([
      { tp: 1, fp: 1, tn: 2, fn: 1 },
      { tp: 2, fp: 2, tn: 1, fn: 0 },
      { tp: 0, fp: 0, tn: 3, fn: 2 },
      { tp: 2, fp: 3, tn: 0, fn: 0 },
    ]);
  });
});

it("where a float is not a probability it counts as the nearer bound, and NaN as 0", () => {
  const { scores, objects } = scoreCounts(scored([1, 1, 1, 1, 1], [-2, -0, Number.NaN, 1.5, 1]));
  expect([[...scores], [...objects]]).toEqual([
    [0, 1],
    [3, 2],
  ]);
});

it("images without a class count once another image has it; no images, no score", () => {
  const objects = scored([1, 1], [0.9, 0.4]);
  const background = scored([0, 0], [0.1, 0.6]);
  expect(score(aucRoc(), objects)).toBeUndefined();
  expect(score(aucRoc(), objects, background)).toBe(3 / 4);
  expect(score(averagePrecision(), objects)).toBe(1); // all that is called object is
  expect(score(averagePrecision(), background)).toBeUndefined();
  expect(score(aucRoc())).toBeUndefined();
  expect(score(averagePrecision())).toBeUndefined();
  expect(mergeScoreCounts([]).scores).toHaveLength(0);
});

it("grey truth is object above 0.5", () => {
  const size = { width: 2, height: 1, maximum: 255 };
  const pair = compare({ ...size, data: Uint8Array.of(127, 128) }, { ...size, data: Uint8Array.of(3, 4) });
  expect(score(aucRoc(), pair)).toBe(1);
});

it("8- and 16-bit stacks take no more room than their distinct values", () => {
  const size = { width: 100, height: 100, maximum: 255 };
  const image = compare(
    { ...size, data: Uint8Array.from({ length: 10000 }, (_, i) => 255 * (i % 2)) },
    { ...size, data: Uint8Array.from({ length: 10000 }, (_, i) => i % 200) },
  );
  const counts = mergeScoreCounts(Array.from({ length: 50 }, () => image.derive(scoreCounts)));
  expect(counts.scores).toHaveLength(200);
  expect(Array.from(counts.objects).reduce((sum, count) => sum + count, 0)).toBe(250000);
});

it("counts beyond 32 bits are whole numbers still", () => {
  const huge: ScoreCounts = {
    scores: Float32Array.of(0.5),
    objects: Uint32Array.of(3_000_000_000),
    background: Uint32Array.of(1),
  };
  expect([...mergeScoreCounts([huge, huge, huge]).objects]).toEqual([9_000_000_000]);
});

describe("for any maps", () => {
  const map = (kind: "8-bit" | "16-bit" | "votes" | "float", length: number): fc.Arbitrary<ProbabilityMap> => {
    const of = (data: fc.Arbitrary<ProbabilityMap["data"]>, maximum: number) =>
      data.map((values): ProbabilityMap => ({ width: length, height: 1, data: values, maximum }));
    const bounds = { minLength: length, maxLength: length };
    if (kind === "8-bit") return of(fc.uint8Array(bounds), 255);
    if (kind === "16-bit") return of(fc.uint16Array(bounds), 65535);
    if (kind === "votes") return of(fc.uint8Array({ ...bounds, max: 6 }), 6);
    return of(fc.float32Array({ ...bounds, min: 0, max: 1, noNaN: true }), 1);
  };
  const pair = fc
    .record({ length: fc.integer({ min: 1, max: 40 }), kind: fc.constantFrom("8-bit", "16-bit", "votes", "float") })
    .chain(({ length, kind }) => fc.record({ truth: map("votes", length), prediction: map(kind, length) }))
    .map(({ truth, prediction }) => compare(truth, prediction));
  const stack = fc.array(pair, { minLength: 1, maxLength: 5 });
  const points = (pairs: readonly Comparison[]) =>
    pairs.flatMap(({ truth, prediction }) =>
      Array.from(truth.data, (value, i) => ({
        isObject: Math.fround(value / truth.maximum) > 0.5,
        score: Math.fround((prediction.data[i] as number) / prediction.maximum),
      })),
    );

  it("AUC is the share of pairs of object and background in which the object scores higher, ties counting half", () => {
    fc.assert(
      fc.property(stack, (pairs) => {
        const all = points(pairs);
        const [objects, background] = [all.filter((p) => p.isObject), all.filter((p) => !p.isObject)];
        const wins = objects.reduce(
          (sum, a) =>
            sum + background.reduce((more, b) => more + (a.score > b.score ? 1 : a.score === b.score ? 0.5 : 0), 0),
          0,
        );
        const expected = wins / (objects.length * background.length);
        if (Number.isNaN(expected)) expect(score(aucRoc(), ...pairs)).toBeUndefined();
        else expect(score(aucRoc(), ...pairs)).toBe(expected);
      }),
    );
  });

  it("average precision is the mean, over object pixels, of the precision where they are just called object", () => {
    fc.assert(
      fc.property(stack, (pairs) => {
        const all = points(pairs);
        const objects = all.filter((p) => p.isObject);
        const precisions = objects.map(({ score }) => {
          const called = all.filter((p) => p.score >= score);
          return called.filter((p) => p.isObject).length / called.length;
        });
        const value = score(averagePrecision(), ...pairs);
        if (objects.length === 0) expect(value).toBeUndefined();
        else expect(value).toBeCloseTo(precisions.reduce((sum, p) => sum + p, 0) / objects.length, 12);
      }),
    );
  });

  it("the sweep agrees with the confusion table of each threshold, pooled over images", () => {
    const thresholds = [0, 0.1, 0.2, 0.5, 0.7999999999999999, 1];
    fc.assert(
      fc.property(stack, (pairs) => {
        const sweep = thresholdSweep(mergeScoreCounts(pairs.map(scoreCounts)), thresholds);
        thresholds.forEach((threshold, i) => {
          const tables = pairs.map(({ truth, prediction }) => confusion(compare(truth, { ...prediction, threshold })));
          const sum = (of: keyof ReturnType<typeof confusion>) => tables.reduce((total, table) => total + table[of], 0);
          expect(sweep[i]).toEqual({ tp: sum("tp"), fp: sum("fp"), tn: sum("tn"), fn: sum("fn") });
        });
      }),
    );
  });

  it("the areas under the curves are the scores", () => {
    fc.assert(
      fc.property(stack, (pairs) => {
        const counts = mergeScoreCounts(pairs.map(scoreCounts));
        const { fpr = [], tpr = [] } = rocCurve(counts) ?? {};
        let area = 0;
        for (let i = 1; i < fpr.length; i++) {
          area += ((fpr[i] as number) - (fpr[i - 1] as number)) * (((tpr[i] as number) + (tpr[i - 1] as number)) / 2);
        }
        expect(area).toBeCloseTo(score(aucRoc(), ...pairs) ?? 0, 12);
        const { recall = [], precision = [] } = precisionRecallCurve(counts) ?? {};
        let sum = 0;
        for (let i = 1; i < recall.length; i++) {
          sum += ((recall[i] as number) - (recall[i - 1] as number)) * (precision[i] as number);
        }
        expect(sum).toBeCloseTo(score(averagePrecision(), ...pairs) ?? 0, 12);
      }),
    );
  });

  it("pixels in one image or in several, in any order, give the same counts", () => {
    fc.assert(
      fc.property(stack, (pairs) => {
        const all = points(pairs);
        const inOne = scoreCounts(
          scored(
            all.map((p) => +p.isObject),
            all.map((p) => p.score),
          ),
        );
        expect(mergeScoreCounts(pairs.map(scoreCounts))).toEqual(inOne);
        expect(mergeScoreCounts(pairs.toReversed().map(scoreCounts))).toEqual(inOne);
      }),
    );
  });

  it("scores that name the class are perfect, and their opposite is as bad as can be", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 2, maxLength: 30 }), (classes) => {
        fc.pre(new Set(classes).size === 2);
        expect(score(aucRoc(), scored(classes, classes))).toBe(1);
        expect(score(averagePrecision(), scored(classes, classes))).toBe(1);
        expect(
          score(
            aucRoc(),
            scored(
              classes,
              classes.map((c) => 1 - c),
            ),
          ),
        ).toBe(0);
      }),
    );
  });
});

it("both metrics share one derivation", () => {
  const { derive, ...maps } = scored([0, 1], [0.2, 0.3]);
  const asked = new Set<unknown>();
  const pair: Comparison = {
    ...maps,
    derive(derivation) {
      asked.add(derivation);
      return derive(derivation);
    },
  };
  expect([score(aucRoc(), pair), score(averagePrecision(), pair)]).toEqual([1, 1]);
  expect([...asked]).toEqual([scoreCounts]);
});
