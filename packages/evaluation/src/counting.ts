import type { Derivation } from "@em-stellar/core";

/** Pixels by what they are and what they were called; the object is positive. */
export interface PixelCounts {
  readonly tp: number;
  readonly fp: number;
  readonly tn: number;
  readonly fn: number;
}

/** How many object and background pixels got each score. */
export interface ScoreCounts {
  /** The distinct scores, ascending. */
  readonly scores: Float32Array;
  readonly objects: Uint32Array | Float64Array;
  readonly background: Uint32Array | Float64Array;
}

/** What an evaluation counts beside its metrics. `@em-stellar/metrics` exports all of it under these names. */
export interface Counting {
  readonly confusion: Derivation<PixelCounts>;
  readonly scoreCounts: Derivation<ScoreCounts>;
  scoreCountsMerger(): { add(counts: ScoreCounts): void; result(): ScoreCounts };
  /** `undefined` where there is no object. */
  precisionRecallCurve(
    counts: ScoreCounts,
  ): { readonly recall: Float64Array; readonly precision: Float64Array } | undefined;
  /** `undefined` where either class is missing. */
  rocCurve(counts: ScoreCounts): { readonly fpr: Float64Array; readonly tpr: Float64Array } | undefined;
  thresholdSweep(counts: ScoreCounts, thresholds: readonly number[]): readonly PixelCounts[];
}
