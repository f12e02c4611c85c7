import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Comparison, compare, type Metric, maskOf, type ProbabilityMap } from "@em-stellar/core";
import { objectThresholds, type RegionOverlap, regionOverlaps, vInfo, vRand } from "@em-stellar/metrics";
import fc from "fast-check";
import { decode } from "fast-png";
import { describe, expect, it } from "vitest";
import cardiac from "./fixtures/cardiac-metrics.json" with { type: "json" };
import synthetic from "./fixtures/metrics-synthetic.json" with { type: "json" };
import { naiveScore } from "./naive-split-merge.js";

/** The score, the best threshold, and what was found at each threshold. */
function scoresOf(metric: Metric, pairs: readonly Comparison[]) {
  const accumulator = metric.accumulate();
  for (const pair of pairs) accumulator.add(pair);
  const parts = accumulator.parts?.() ?? {};
  const part = (name: string, threshold: number) => parts[`${name}@${threshold.toFixed(1)}`] ?? Number.NaN;
  /** `fromParts` of the parts of one threshold alone. */
  const scoreAt = (threshold: number) => {
    const only = Object.entries(parts).filter(([name]) => !name.includes("@") || name.endsWith(threshold.toFixed(1)));
    return metric.fromParts?.(Object.fromEntries(only) as Record<string, number>) ?? Number.NaN;
  };
  const atThresholds = objectThresholds.map(scoreAt);
  const best = accumulator.result();
  const threshold = objectThresholds[atThresholds.indexOf(best ?? Number.NaN)] ?? Number.NaN;
  const mean = (name: string) => part(name, threshold) / (parts.images ?? 0);
  return { best, threshold, precision: mean("precision"), recall: mean("recall"), parts, part, atThresholds };
}

/** Equal to 12 digits behind the point; what the oracle could not tell (NaN, written as text) is left out. */
function expectClose(actual: readonly (number | undefined)[], expected: readonly (number | string)[], what: string) {
  expected.forEach((value, i) => {
    if (typeof value === "number") expect(actual[i], `${what} at ${objectThresholds[i]}`).toBeCloseTo(value, 12);
  });
  expect(actual).toHaveLength(expected.length);
}

interface Oracle {
  readonly vrand: readonly number[];
  readonly vrand_max: number;
  readonly vinfo: readonly number[];
  readonly vinfo_max: number;
  readonly vrand_micro: readonly number[];
  readonly vrand_micro_max: number;
  readonly rand_precision_micro: readonly (number | string)[];
  readonly rand_recall_micro: readonly (number | string)[];
  readonly rand_index_fg: readonly (number | string)[];
}

function expectFiji(pairs: readonly Comparison[], oracle: Oracle) {
  const [rand, info, micro] = [
    scoresOf(vRand(), pairs),
    scoresOf(vInfo(), pairs),
    scoresOf(vRand({ average: "micro" }), pairs),
  ];
  expectClose(rand.atThresholds, oracle.vrand, "V_Rand");
  expect(rand.best).toBeCloseTo(oracle.vrand_max, 12);
  expectClose(info.atThresholds, oracle.vinfo, "V_Info");
  expect(info.best).toBeCloseTo(oracle.vinfo_max, 12);
  expectClose(micro.atThresholds, oracle.vrand_micro, "V_Rand, micro");
  expect(micro.best).toBeCloseTo(oracle.vrand_micro_max, 12);
  const { part } = micro;
  const precision = objectThresholds.map((threshold) => part("both", threshold) / part("regions", threshold));
  const recall = objectThresholds.map((threshold) => part("both", threshold) / part("objects", threshold));
  expectClose(precision, oracle.rand_precision_micro, "precision");
  expectClose(recall, oracle.rand_recall_micro, "recall");
  const randIndex = ({ pairs, pixels }: RegionOverlap) =>
    1 - (pairs.objects + pairs.regions - 2 * pairs.both) / pixels ** 2;
  const slices = pairs.map((pair) => pair.derive(regionOverlaps).map(randIndex));
  const means = objectThresholds.map((_, i) => slices.reduce((sum, slice) => sum + (slice[i] ?? 0), 0) / slices.length);
  expectClose(means, oracle.rand_index_fg, "Rand index");
}

it("the thresholds are sums of 0.1, as Fiji adds them up", () => {
  expect(objectThresholds).toEqual(synthetic.cases[0]?.thresholds);
  expect(objectThresholds.slice(-2)).toEqual([0.8999999999999999, 0.9999999999999999]);
});

describe("agree with Fiji's Trainable_Segmentation at every threshold", () => {
  it.each(synthetic.cases)("$name", ({ width, height, gt_u8, pred_u8, ...oracle }) => {
    const map = (slice: number[]): ProbabilityMap => ({ width, height, data: Uint8Array.from(slice), maximum: 255 });
    expectFiji(
      gt_u8.map((slice, z) => compare(map(slice), map(pred_u8[z] as number[]))),
      oracle,
    );
  });

  const data = process.env.EM_STELLAR_DATA;
  it.skipIf(!data).each(Object.entries(cardiac.methods))(
    "the released cardiac predictions of %s (needs EM_STELLAR_DATA)",
    (method, { pooled, per_image, notebook_5digits }) => {
      const read = (...path: string[]): ProbabilityMap => {
        const { width, height, data: pixels } = decode(readFileSync(join(data ?? "", "cardiac", ...path)));
        if (!(pixels instanceof Uint8Array)) throw new Error(`${path.join("/")} is not an 8-bit image`);
        return { width, height, data: pixels, maximum: 255 };
      };
      const pairs = ["A0004.png", "B0004.png", "C0004.png", "D0004.png"].map((image) =>
        compare(read("test", "masks", image), read("released-predictions", method, image)),
      );
      expectFiji(pairs, pooled);
      pairs.forEach((pair, i) => {
        expectFiji([pair], per_image[i] as Oracle);
      });
      expect(scoresOf(vRand(), pairs).best).toBeCloseTo(notebook_5digits.vrand_max, 5);
      expect(scoresOf(vInfo(), pairs).best).toBeCloseTo(notebook_5digits.vinfo_max, 5);
    },
  );
});

/** A row of pixels, one digit each: `0` is 0, `9` is 1, `3` lies between 0.3 and 0.4, and so do the others. */
const row = (digits: string): ProbabilityMap => ({
  width: digits.length,
  height: 1,
  data: Uint8Array.from(digits, (digit) => (digit === "0" ? 0 : 10 * Number(digit) + 5)),
  maximum: 95, // 9 stands for 1
});

describe("by hand", () => {
  const perfect = compare(row("909"), row("909"));
  const merged = compare(row("99099"), row("99999"));
  const split = compare(row("99999"), row("99099"));
  const both = compare(row("99099"), row("90909"));

  it("two objects of 2 pixels that became one: 8 pairs lie together in both, 8 in the truth, 16 in the prediction", () => {
    expect(scoresOf(vRand(), [merged])).toMatchObject({ best: 16 / 24, precision: 8 / 16, recall: 1 });
    expect(scoresOf(vInfo(), [merged])).toMatchObject({ best: 0, precision: 1, recall: 0 }); // a single region tells nothing
  });

  it("one object of 5 pixels cut by a line: its pixel is a region of its own", () => {
    expect(scoresOf(vRand(), [split])).toMatchObject({ best: 18 / 34, precision: 1, recall: 9 / 25 });
    expect(scoresOf(vInfo(), [split]).best).toBe(0); // a single object: there is nothing to tell
  });

  it("two objects, each cut in halves: ln 2 is shared, of ln 2 in the truth and ln 4 in the prediction", () => {
    const { best, precision, recall } = scoresOf(vInfo(), [both]);
    expect(best).toBeCloseTo(2 / 3, 15);
    expect(precision).toBeCloseTo(1, 15);
    expect(recall).toBeCloseTo(1 / 2, 15);
    expect(scoresOf(vRand(), [both])).toMatchObject({ best: 8 / 12, precision: 1, recall: 1 / 2 });
  });

  it("the background counts for nothing: neither what is found there nor how fat an object is", () => {
    expect(scoresOf(vRand(), [compare(row("0900900"), row("9990999"))]).best).toBe(1);
    expect(scoresOf(vInfo(), [compare(row("09009000"), row("09009009"))]).best).toBe(1);
  });

  it("macro is the mean of the images' scores, micro puts the pairs of all images together", () => {
    expect(scoresOf(vRand(), [perfect, merged]).best).toBeCloseTo((1 + 2 / 3) / 2, 15);
    expect(scoresOf(vRand({ average: "micro" }), [perfect, merged]).best).toBe(20 / 28);
    // 2 objects of 1 pixel and 2 of 2 pixels against 2 regions of 1 pixel and 1 of 4.
    const objects = (2 / 6) * Math.log(6) + (4 / 6) * Math.log(3);
    const regions = (2 / 6) * Math.log(6) + (4 / 6) * Math.log(6 / 4);
    expect(scoresOf(vInfo({ average: "micro" }), [perfect, merged]).best).toBeCloseTo(
      (2 * regions) / (objects + regions),
      14,
    );
  });

  it("an image without objects counts as 0 in the macro average, and not at all in the micro one", () => {
    const empty = compare(row("000"), row("090"));
    for (const metric of [vRand, vInfo]) {
      expect(scoresOf(metric(), [perfect, empty])).toMatchObject({ best: 1 / 2, precision: 1 / 2, recall: 1 / 2 });
      expect(scoresOf(metric({ average: "micro" }), [perfect, empty]).best).toBe(1);
      expect(scoresOf(metric(), [empty]).best).toBe(0);
      expect(scoresOf(metric({ average: "micro" }), [empty]).best).toBe(0);
      expect(scoresOf(metric(), []).best).toBeUndefined();
      expect(metric().fromParts?.({})).toBeUndefined();
    }
  });

  it("the threshold is the same one for all images", () => {
    const merged = 2 / 3;
    const above03 = compare(row("99099"), row("99399")); // merged up to 0.3
    const upTo05 = compare(row("99099"), row("55055")); // nothing is left from 0.6 on: one region
    const { best, threshold, atThresholds } = scoresOf(vRand(), [above03, upTo05]);
    expect([best, threshold]).toEqual([1, 0.4]);
    atThresholds.forEach((score, i) => {
      expect(score).toBeCloseTo(i === 4 || i === 5 ? 1 : (1 + merged) / 2, 15);
    });
    const above07 = compare(row("99099"), row("99799"));
    expect(scoresOf(vRand(), [above07])).toMatchObject({ best: 1, threshold: 0.7999999999999999 });
    expect(scoresOf(vRand(), [upTo05, above07]).best).toBeCloseTo((1 + merged) / 2, 15);
  });

  it("parts are sums over images", () => {
    const { parts } = scoresOf(vRand(), [perfect, merged]);
    expect(parts).toMatchObject({ images: 2, "score@0.5": 1 + 16 / 24, "precision@0.5": 1.5, "recall@0.5": 2 });
    expect(Object.keys(parts)).toHaveLength(1 + 3 * 11);
    expect(scoresOf(vRand({ average: "micro" }), [perfect, merged]).parts).toMatchObject({
      "objects@0.5": 2 + 8,
      "regions@0.5": 2 + 16,
      "both@0.5": 2 + 8,
    });
  });

  it("the truth is cut at the same threshold as the prediction", () => {
    const grey = row("99499"); // one object up to 0.4, then two
    expect(scoresOf(vInfo(), [compare(grey, grey)]).atThresholds).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1]);
  });

  it("8-bit values of a fifth of the range lie above their threshold, as 32-bit floats do", () => {
    const fifth: ProbabilityMap = { width: 1, height: 1, data: Uint8Array.of(51), maximum: 255 };
    expect(regionOverlaps(compare(fifth, fifth)).map(({ pixels }) => pixels)).toEqual([
      1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0,
    ]);
  });

  it("refuses an average that it does not know", () => {
    // @ts-expect-error: no such average
    expect(() => vRand({ average: "weighted" })).toThrow(
      'metric "v-rand" needs "macro" or "micro" for "average", but was given "weighted".',
    );
  });
});

describe("for any maps", () => {
  const pair = fc
    .record({
      width: fc.integer({ min: 1, max: 9 }),
      height: fc.integer({ min: 1, max: 9 }),
      steps: fc.constantFrom(1, 3, 10),
    })
    .chain(({ width, height, steps }) => {
      const map = fc
        .array(fc.integer({ min: 0, max: steps }), { minLength: width * height, maxLength: width * height })
        .map((values): ProbabilityMap => ({ width, height, data: Uint8Array.from(values), maximum: steps }));
      return fc.record({ truth: map, prediction: map });
    });
  const stack = fc.array(pair, { minLength: 1, maxLength: 3 });
  const metrics = [vRand(), vInfo(), vRand({ average: "micro" }), vInfo({ average: "micro" })];

  it("the scores are those of the definition, pixel by pixel", () => {
    fc.assert(
      fc.property(stack, (images) => {
        const pairs = images.map(({ truth, prediction }) => compare(truth, prediction));
        const [rand, info, randMicro, infoMicro] = metrics.map((metric) => scoresOf(metric, pairs).atThresholds);
        objectThresholds.forEach((threshold, i) => {
          const each = images.map((image) => naiveScore([image], threshold));
          const all = naiveScore(images, threshold);
          const mean = (score: "vRand" | "vInfo") => each.reduce((sum, one) => sum + one[score], 0) / each.length;
          expect(rand?.[i]).toBeCloseTo(mean("vRand"), 12);
          expect(info?.[i]).toBeCloseTo(mean("vInfo"), 12);
          expect(randMicro?.[i]).toBeCloseTo(all.vRand, 12);
          expect(infoMicro?.[i]).toBeCloseTo(all.vInfo, 12);
        });
      }),
    );
  });

  it("scores, precision and recall lie in [0, 1], and the score is the best of its thresholds", () => {
    fc.assert(
      fc.property(stack, (images) => {
        const pairs = images.map(({ truth, prediction }) => compare(truth, prediction));
        for (const metric of metrics) {
          const { best, parts, atThresholds } = scoresOf(metric, pairs);
          expect(best).toBe(Math.max(...atThresholds));
          expect(best).toBeLessThanOrEqual(1);
          for (const [name, value] of Object.entries(parts)) {
            expect(value, name).toBeGreaterThanOrEqual(0);
            if (/^(score|precision|recall)/.test(name)) expect(value, name).toBeLessThanOrEqual(images.length);
          }
        }
      }),
    );
  });

  it("a map against itself scores 1: on V_Rand where there is an object, on V_Info where there are two at one threshold", () => {
    fc.assert(
      fc.property(pair, ({ truth }) => {
        const itself = compare(truth, truth);
        const objects = Math.max(...regionOverlaps(itself).map((overlap) => overlap.objects));
        expect(scoresOf(vRand(), [itself]).best).toBe(objects > 0 ? 1 : 0);
        expect(scoresOf(vInfo(), [itself]).best).toBeCloseTo(objects > 1 ? 1 : 0, 14);
      }),
    );
  });

  const moved = ({ width, height, data, maximum }: ProbabilityMap, to: "transposed" | "mirrored"): ProbabilityMap => {
    const at = (i: number) =>
      to === "mirrored" ? i - 2 * (i % width) + width - 1 : (i % height) * width + Math.floor(i / height);
    const values = Uint8Array.from(data, (_, i) => data[at(i)] as number);
    return to === "mirrored"
      ? { width, height, data: values, maximum }
      : { width: height, height: width, data: values, maximum };
  };

  it("turning and mirroring change nothing where no line touches an object, because the prediction covers them", () => {
    fc.assert(
      fc.property(pair, fc.constantFrom("transposed", "mirrored"), ({ truth, prediction }, to) => {
        const covering = {
          ...prediction,
          data: prediction.data.map((value, i) => Math.max(value, truth.data[i] as number)),
        };
        const before = regionOverlaps(compare(truth, covering));
        const after = regionOverlaps(compare(moved(truth, to), moved(covering, to)));
        after.forEach(({ information, ...counts }, i) => {
          const { information: expected, ...expectedCounts } = before[i] as RegionOverlap;
          expect(counts).toEqual(expectedCounts);
          for (const of of ["objects", "regions", "both"] as const)
            expect(information[of]).toBeCloseTo(expected[of], 11);
        });
      }),
    );
  });

  it("the order of the images does not matter", () => {
    fc.assert(
      fc.property(stack, (images) => {
        const pairs = images.map(({ truth, prediction }) => compare(truth, prediction));
        for (const metric of metrics) {
          const [there, back] = [scoresOf(metric, pairs), scoresOf(metric, pairs.toReversed())];
          expect(back.best).toBeCloseTo(there.best ?? Number.NaN, 13);
        }
      }),
    );
  });

  it("8-bit, 16-bit and float maps of the same probabilities score the same", () => {
    fc.assert(
      fc.property(pair, ({ truth, prediction }) => {
        const as = (map: ProbabilityMap, kind: "16-bit" | "float"): ProbabilityMap =>
          kind === "float"
            ? { ...map, data: Float32Array.from(map.data, (value) => value / map.maximum), maximum: 1 }
            : { ...map, data: Uint16Array.from(map.data, (value) => value * 100), maximum: map.maximum * 100 };
        const expected = regionOverlaps(compare(truth, prediction));
        expect(regionOverlaps(compare(as(truth, "16-bit"), as(prediction, "float")))).toEqual(expected);
        expect(regionOverlaps(compare(as(truth, "float"), as(prediction, "16-bit")))).toEqual(expected);
      }),
    );
  });
});

it("both metrics ask for the same derivation, so that regions are flooded once", () => {
  const { derive, ...maps } = compare(row("909"), row("909"));
  const asked = new Set<unknown>();
  const pair: Comparison = {
    ...maps,
    derive(derivation) {
      asked.add(derivation);
      return derive(derivation);
    },
  };
  for (const metric of [vRand(), vInfo(), vRand({ average: "micro" })]) scoresOf(metric, [pair]);
  expect([...asked]).toEqual([regionOverlaps]);
});

it("a stack leaves a few numbers for each image behind, not its pixels", () => {
  const map = maskOf(64, 64, (i) => i % 3 === 0);
  const overlaps = regionOverlaps(compare(map, map));
  expect(JSON.stringify(overlaps).length).toBeLessThan(5000);
  expect(overlaps).toHaveLength(11);
});
