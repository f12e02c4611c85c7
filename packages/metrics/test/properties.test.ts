import { compare, type Metric, type ProbabilityMap } from "@em-stellar/core";
import plugin from "@em-stellar/metrics";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { drawn, maskPairs, pairs, parts, score, sizes } from "./masks.js";

/** What is known of a metric beyond its range and goal. */
interface Facts {
  /**
   * How several images become one number: as if they were one image ("counts"), or by the mean of the images where it is
   * defined, each weighing the same or as much as the truth's objects have pixels.
   */
  readonly pooling: "counts" | "mean" | "mean by object pixels";
  /** The metric that has the same value when truth and prediction change places. */
  readonly swapped?: string;
  /** Changed by transposing and mirroring an image: thinning settles ties by the order of its queue. */
  readonly unequalWhenTurned?: true;
  /** Scores 0, not the best, a perfect prediction of fewer objects than this: the paper's evaluation does. */
  readonly objectsNeeded?: number;
}

// Every metric of the plugin has a row; `it` is told below.
const facts: Readonly<Record<string, Facts>> = {
  f1: { pooling: "counts", swapped: "f1" },
  dice: { pooling: "counts", swapped: "dice" },
  jaccard: { pooling: "counts", swapped: "jaccard" },
  accuracy: { pooling: "counts", swapped: "accuracy" },
  "pixel-error": { pooling: "counts", swapped: "pixel-error" },
  mcc: { pooling: "counts", swapped: "mcc" },
  "balanced-accuracy": { pooling: "counts" },
  sensitivity: { pooling: "counts", swapped: "ppv" },
  ppv: { pooling: "counts", swapped: "sensitivity" },
  specificity: { pooling: "counts", swapped: "npv" },
  npv: { pooling: "counts", swapped: "specificity" },
  "volume-error": { pooling: "counts" },
  "boundary-f1": { pooling: "counts", swapped: "boundary-f1" },
  "hausdorff-95": { pooling: "mean", swapped: "hausdorff-95" },
  "average-surface-distance": { pooling: "mean", swapped: "average-surface-distance" },
  "ap-50": { pooling: "counts", swapped: "ap-50" },
  "ap-75": { pooling: "counts", swapped: "ap-75" },
  "object-f1": { pooling: "counts", swapped: "object-f1" },
  "adapted-rand-error": { pooling: "counts" },
  "voi-split": { pooling: "mean by object pixels" },
  "voi-merge": { pooling: "mean by object pixels" },
  "auc-roc": { pooling: "counts" },
  "average-precision": { pooling: "counts" },
  "v-rand": { pooling: "mean", unequalWhenTurned: true, objectsNeeded: 1 },
  "v-info": { pooling: "mean", unequalWhenTurned: true, objectsNeeded: 2 },
};

const metrics = plugin.components.map((factory): { id: string; metric: Metric } & Facts => ({
  id: factory.id,
  metric: factory(),
  ...(facts[factory.id] ?? { pooling: "counts" }),
}));

it("every metric has its row of facts", () => {
  expect(Object.keys(facts)).toEqual(expect.arrayContaining(metrics.map(({ id }) => id)));
});

describe.each(metrics)("$id", ({ metric, pooling, swapped, unequalWhenTurned, objectsNeeded = 0 }) => {
  const [low, high] = metric.range;
  const best = (metric.goal === "maximize" ? high : low) as number; // every metric has a bound where it is best: tested first

  it("is undefined or in its range, never NaN, and so are its parts", () => {
    expect(best).toEqual(expect.any(Number));
    check(fc.array(pairs, { maxLength: 3 }), (images) => {
      const value = score(metric, ...images);
      if (value !== undefined) {
        expect(Number.isFinite(value)).toBe(true);
        if (low !== null) expect(value).toBeGreaterThanOrEqual(low);
        if (high !== null) expect(value).toBeLessThanOrEqual(high);
      }
      for (const [part, number] of Object.entries(parts(metric, ...images) ?? {})) expect(number, part).not.toBeNaN();
    });
    expect(score(metric)).toBeUndefined();
  });

  it("is best for a prediction that equals its truth", () => {
    const twoObjects = drawn("##..", "....", ".###");
    expect(score(metric, compare(twoObjects, twoObjects))).toBe(best);
    check(maskPairs, ({ truth }) => {
      const value = score(metric, compare(truth, truth));
      if (value !== undefined && !(objectsNeeded > 0 && value === 0)) expect(value).toBeCloseTo(best, 12);
    });
  });

  it("is worse for a prediction that splits, merges, misses and invents", () => {
    const wrong = compare(drawn("####..######........"), drawn("##.#####.##....#####"));
    const value = score(metric, wrong);
    expect(value).toEqual(expect.any(Number));
    expect(value).not.toBeCloseTo(best, 2);
  });

  it("sees the mask, not how it is stored", () => {
    const stored = (map: ProbabilityMap, data: ProbabilityMap["data"], maximum: number): ProbabilityMap => ({
      ...map,
      data: data.map((_, i) => (map.data[i] === 1 ? maximum : 0)),
      maximum,
    });
    check(
      maskPairs,
      ({ truth, prediction }) => {
        const { length } = truth.data;
        const expected = score(metric, compare(truth, prediction));
        for (const [t, p] of [
          [stored(truth, new Uint8Array(length), 255), stored(prediction, new Uint16Array(length), 65535)],
          [stored(truth, new Float32Array(length), 1), stored(prediction, new Uint8Array(length), 255)],
          [stored(truth, new Uint16Array(length), 65535), stored(prediction, new Float32Array(length), 1)],
        ] as const) {
          expect(score(metric, compare(t, p))).toBe(expected);
        }
      },
      8,
    ); // a cut through 16 bits is looked up value by value
  });

  it("gives the same for any order of the images", () => {
    const images = fc.array(pairs, { minLength: 1, maxLength: 5 });
    const shuffled = images.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
    );
    check(shuffled, ([list, other]) => {
      expectSame(score(metric, ...other), score(metric, ...list));
    });
  });

  if (!unequalWhenTurned)
    it("gives the same for an image that is transposed, mirrored or turned", () => {
      check(pairs, (pair) => {
        for (const turn of [transposed, mirrored, (map: ProbabilityMap) => mirrored(transposed(map))]) {
          expectSame(score(metric, compare(turn(pair.truth), turn(pair.prediction))), score(metric, pair));
        }
      });
    });

  const partner = metrics.find(({ id }) => id === swapped)?.metric;
  if (partner)
    it("becomes its counterpart when truth and prediction change places", () => {
      check(maskPairs, ({ truth, prediction }) => {
        expectSame(partner && score(partner, compare(prediction, truth)), score(metric, compare(truth, prediction)));
      });
    });

  if (pooling === "counts")
    it("scores images together as it scores one image made of them", () => {
      const width = sizes.map((size) => size.width);
      const stack = width.chain((width) =>
        fc.array(
          maskPairs.map((pair) => ({ truth: framed(pair.truth, width), prediction: framed(pair.prediction, width) })),
          { minLength: 1, maxLength: 3 },
        ),
      );
      check(stack, (images) => {
        const whole = compare(
          joined(images.map(({ truth }) => truth)),
          joined(images.map(({ prediction }) => prediction)),
        );
        const together = score(metric, ...images.map(({ truth, prediction }) => compare(truth, prediction)));
        expectSame(together, score(metric, whole));
      });
    });

  if (pooling.startsWith("mean"))
    it("is the mean of the images where it is defined", () => {
      check(fc.array(maskPairs, { minLength: 1, maxLength: 4 }), (images) => {
        let [sum, weights] = [0, 0];
        for (const pair of images) {
          const value = score(metric, pair);
          if (value === undefined) continue;
          const weight = pooling === "mean" ? 1 : pair.truth.data.filter((value) => value === 1).length;
          sum += weight * value;
          weights += weight;
        }
        expectSame(score(metric, ...images), weights === 0 ? undefined : sum / weights);
      });
    });

  if (metric.fromParts)
    it("is the score of the images' parts, added up", () => {
      check(fc.array(pairs, { maxLength: 4 }), (images) => {
        const sums: Record<string, number> = {};
        for (const pair of images) {
          for (const [part, number] of Object.entries(parts(metric, pair) ?? {})) {
            expect(Number.isFinite(number), part).toBe(true);
            sums[part] = (sums[part] ?? 0) + (number as number); // finite
          }
        }
        expectSame(metric.fromParts?.(sums), score(metric, ...images));
      });
    });
});

/** Few runs of each: there are hundreds of pairs of a metric and a property. */
function check<T>(arbitrary: fc.Arbitrary<T>, property: (value: T) => void, numRuns = 20) {
  fc.assert(fc.property(arbitrary, property), { numRuns });
}

function expectSame(actual: number | undefined, expected: number | undefined) {
  if (expected === undefined) expect(actual).toBeUndefined();
  else expect(actual).toBeCloseTo(expected, 11);
}

function transposed(map: ProbabilityMap): ProbabilityMap {
  const { width, height, data } = map;
  const turned = data.map((_, i) => data[(i % height) * width + Math.floor(i / height)] as number);
  return { ...map, width: height, height: width, data: turned };
}

function mirrored(map: ProbabilityMap): ProbabilityMap {
  return {
    ...map,
    data: map.data.map((_, i) => map.data[i - (i % map.width) + map.width - 1 - (i % map.width)] as number),
  };
}

/** The mask, cut or filled up to a width, within three pixels of background: farther than any tolerance from its neighbour. */
function framed({ width, height, data }: ProbabilityMap, toWidth: number): ProbabilityMap {
  const frame = 3;
  const framed = { width: toWidth + 2 * frame, height: height + 2 * frame, maximum: 1 };
  const values = new Uint8Array(framed.width * framed.height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < Math.min(width, toWidth); x++) {
      values[(y + frame) * framed.width + x + frame] = data[y * width + x] as number;
    }
  }
  return { ...framed, data: values };
}

function joined(maps: readonly ProbabilityMap[]): ProbabilityMap {
  const height = maps.reduce((sum, map) => sum + map.height, 0);
  return {
    width: maps[0]?.width ?? 0,
    height,
    maximum: 1,
    data: Uint8Array.from(maps.flatMap(({ data }) => [...data])),
  };
}
