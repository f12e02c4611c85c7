import { type Comparison, compare, type Metric, maskOf } from "@em-stellar/core";
import {
  adaptedRandError,
  ap50,
  ap75,
  averageSurfaceDistance,
  balancedAccuracy,
  boundaryF1,
  dice,
  hausdorff95,
  mcc,
  objectF1,
  pixelError,
  voiMerge,
  voiSplit,
  volumeError,
} from "@em-stellar/metrics";
import { describe, expect, it } from "vitest";
import golden from "./fixtures/segmentation-golden.json" with { type: "json" };

// scripts/golden/segmentation-metrics.py computed the values: scikit-learn, scikit-image, scipy, and pairs of pixels by brute force.

type Expected = (typeof golden.cases)[number]["pooled"];

const objects = [ap50, ap75, objectF1];
const partitions = [adaptedRandError, voiSplit, voiMerge];
const configurations: Readonly<Record<string, readonly Metric[]>> = {
  default: [dice, pixelError, mcc, balancedAccuracy, volumeError, boundaryF1, ...objects, ...partitions]
    .map((metric): Metric => metric())
    .concat([hausdorff95({ oneEmpty: null }), averageSurfaceDistance({ oneEmpty: null })]),
  "connectivity 8": [...objects, ...partitions].map((metric) => metric({ connectivity: 8 })),
  "at least 4 pixels": objects.map((metric) => metric({ minimumSize: 4 })),
};

function score(metric: Metric, pairs: readonly Comparison[]): number | undefined {
  const accumulator = metric.accumulate();
  for (const pair of pairs) accumulator.add(pair);
  return accumulator.result();
}

function expectAll(pairs: readonly Comparison[], expected: Expected, what: string) {
  const { "boundary-f1 by tolerance": byTolerance, ...values } = expected;
  for (const [configuration, numbers] of Object.entries(values)) {
    const metrics = configurations[configuration] ?? [];
    expect(metrics.map(({ id }) => id).sort()).toEqual(Object.keys(numbers).sort());
    const byId: Readonly<Record<string, number | null>> = numbers;
    for (const metric of metrics) {
      expectNumber(score(metric, pairs), byId[metric.id], `${metric.id}, ${configuration}, ${what}`);
    }
  }
  expect(byTolerance).toHaveLength(5);
  for (const { tolerance, value } of byTolerance) {
    expectNumber(score(boundaryF1({ tolerance }), pairs), value, `tolerance ${tolerance}, ${what}`);
  }
}

function expectNumber(actual: number | undefined, expected: number | null | undefined, what: string) {
  if (typeof expected === "number") expect(actual, what).toBeCloseTo(expected, 12);
  else expect(actual, what).toBeUndefined();
}

describe("agrees with scikit-learn, scikit-image and scipy, image by image and pooled", () => {
  it.each(golden.cases)("$name", ({ images, perImage, pooled }) => {
    const mask = (rows: readonly string[]) => {
      const pixels = rows.join("");
      return maskOf(pixels.length / rows.length, rows.length, (i) => pixels[i] === "#");
    };
    const pairs = images.map(({ truth, prediction }) => compare(mask(truth), mask(prediction)));
    expectAll(pairs, pooled, "pooled");
    pairs.forEach((pair, i) => {
      expectAll([pair], perImage[i] as Expected, `image ${i}`); // one for each image
    });
  });
});
