import { compare, type ProbabilityMap } from "@em-stellar/core";
import * as metrics from "@em-stellar/metrics";
import { type ScoreCounts, scoreCounts } from "@em-stellar/metrics";
import { describe, expect, it } from "vitest";
import { curvesOf } from "../src/threshold-curves.js";

const map = (data: Uint8Array | Float32Array, maximum: number): ProbabilityMap => ({
  width: data.length,
  height: 1,
  data,
  maximum,
});
/** Object: 0.9, 0.6, 0.3; background: 0.6, 0.2. */
const counts = compare(map(Uint8Array.of(1, 1, 1, 0, 0), 1), map(Float32Array.of(0.9, 0.6, 0.3, 0.6, 0.2), 1)).derive(
  scoreCounts,
);

describe("curvesOf", () => {
  it("gives every point of a short curve, and where the threshold lies", () => {
    const { precisionRecall, roc, scores, operating } = curvesOf(counts, 0.5, metrics);
    expect(scores).toBe(4);
    expect(precisionRecall).toEqual({ recall: [0, 0.33333, 0.66667, 1, 1], precision: [1, 1, 0.66667, 0.75, 0.6] });
    expect(roc).toEqual({ fpr: [0, 0, 0.5, 0.5, 1], tpr: [0, 0.33333, 0.66667, 1, 1] });
    expect(operating).toEqual({ recall: 0.66667, precision: 0.66667, fpr: 0.5 });
  });

  it("sweeps thresholds from 0 to 1; a score that equals the threshold is not above it", () => {
    const { thresholds, f1, jaccard } = curvesOf(counts, 0.5, metrics).sweep;
    expect(thresholds).toHaveLength(101);
    const at = (values: readonly (number | null)[], threshold: number) => values[thresholds.indexOf(threshold)];
    expect([at(f1, 0.25), at(jaccard, 0.25)]).toEqual([0.85714, 0.75]); // TP 3, FP 1
    expect([at(f1, 0.95), at(jaccard, 0.95)]).toEqual([0, 0]);
    expect(at(f1, 1)).toBe(0);
  });

  it("is null where a class is missing, never NaN", () => {
    const empty = compare(map(Uint8Array.of(0, 0), 1), map(Uint8Array.of(0, 0), 1)).derive(scoreCounts);
    expect(curvesOf(empty, 0.5, metrics)).toMatchObject({
      precisionRecall: null,
      roc: null,
      operating: { recall: null, precision: null, fpr: 0 },
    });
  });

  it("keeps at most 200 points of a long curve, with both ends, none farther than the step from a point kept", () => {
    const scores = Float32Array.from({ length: 20_000 }, (_, i) => (i + 1) / 20_000);
    const long: ScoreCounts = {
      scores,
      objects: Uint32Array.from(scores, (score) => Math.round(100 * score ** 2)),
      background: Uint32Array.from(scores, (score) => Math.round(100 * (1 - score) ** 2)),
    };
    const { fpr = [], tpr = [] } = curvesOf(long, 0.5, metrics).roc ?? {};
    expect(fpr.length).toBeLessThanOrEqual(200);
    expect(fpr.length).toBeGreaterThan(180);
    expect([fpr[0], tpr[0], fpr.at(-1), tpr.at(-1)]).toEqual([0, 0, 1, 1]);
    for (let i = 1; i < fpr.length; i++) {
      const step = (fpr[i] as number) - (fpr[i - 1] as number) + (tpr[i] as number) - (tpr[i - 1] as number);
      expect(step).toBeLessThan(0.02);
    }
  });
});
