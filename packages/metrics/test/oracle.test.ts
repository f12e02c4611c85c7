import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Comparison, compare, type ProbabilityMap } from "@em-stellar/core";
import { accuracy, f1, jaccard, npv, ppv, sensitivity, specificity } from "@em-stellar/metrics";
import { decode } from "fast-png";
import { describe, expect, it } from "vitest";
import cardiac from "./fixtures/cardiac-metrics.json" with { type: "json" };
import synthetic from "./fixtures/metrics-synthetic.json" with { type: "json" };

const metrics = [f1, accuracy, sensitivity, specificity, ppv, npv, jaccard];

/** Every metric's value by id, null where undefined, and the four counts. */
function scores(pairs: readonly Comparison[], positive: "object" | "background" = "object") {
  const results = metrics.map((metric) => {
    const accumulator = metric({ positive }).accumulate();
    for (const pair of pairs) accumulator.add(pair);
    return { id: metric.id, value: accumulator.result() ?? null, parts: accumulator.parts?.() };
  });
  return { values: Object.fromEntries(results.map(({ id, value }) => [id, value])), parts: results[0]?.parts };
}

function expectSame(actual: Record<string, number | null>, expected: Readonly<Record<string, unknown>>) {
  for (const { id } of metrics) {
    const value = expected[id];
    if (typeof value === "number") expect(actual[id], id).toBeCloseTo(value, 12);
    else expect(actual[id], id).toBeNull();
  }
}

describe("agrees with the values computed for the synthetic stacks", () => {
  it.each(synthetic.cases)("$name", ({ width, height, gt_u8, pred_u8, standard_0_5 }) => {
    // EM-stellar's rule of scale: 0-255 where any pixel of the stack is above 1, else 0 and 1.
    const stack = (slices: number[][]) => {
      const maximum = slices.flat().some((value) => value > 1) ? 255 : 1;
      return slices.map((slice): ProbabilityMap => ({ width, height, data: Uint8Array.from(slice), maximum }));
    };
    const [truth, prediction] = [stack(gt_u8), stack(pred_u8)];
    const { values, parts } = scores(truth.map((map, i) => compare(map, prediction[i] as ProbabilityMap)));
    const { TP: tp, FP: fp, TN: tn, FN: fn } = standard_0_5;
    expect(parts).toEqual({ tp, fp, tn, fn });
    expectSame(values, standard_0_5);
  });
});

const data = process.env.EM_STELLAR_DATA;

describe.skipIf(!data)(
  "agrees with the values of the authors' released cardiac predictions (needs EM_STELLAR_DATA)",
  () => {
    const read = (...path: string[]): ProbabilityMap => {
      const { width, height, data: pixels } = decode(readFileSync(join(data ?? "", "cardiac", ...path)));
      if (!(pixels instanceof Uint8Array)) throw new Error(`${path.join("/")} is not an 8-bit image`);
      return { width, height, data: pixels, maximum: 255 };
    };
    const images = ["A0004", "B0004", "C0004", "D0004"].map((name) => `${name}.png`);

    it.each(Object.entries(cardiac.methods))("%s", (method, { pooled, per_image, notebook_5digits }) => {
      const pairs = images.map((image) =>
        compare(read("test", "masks", image), read("released-predictions", method, image)),
      );
      const { values } = scores(pairs);
      expectSame(values, pooled.standard_0_5);
      expectSame(scores(pairs, "background").values, pooled.standard_0_5_background_positive);
      pairs.forEach((pair, i) => {
        expectSame(scores([pair]).values, per_image[i]?.standard_0_5 ?? {});
      });
      // The authors' notebook prints five digits.
      const printed = Object.entries(notebook_5digits).filter(([id]) => metrics.some((metric) => metric.id === id));
      expect(printed).toHaveLength(7);
      for (const [id, value] of printed) expect(values[id], id).toBeCloseTo(value, 5);
    });
  },
);
