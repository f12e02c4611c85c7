import type { MethodResult, MetricRecord, RunResult, Statistics } from "./results.js";

/** What rankings, statistics and charts are made from, whether methods were run here or their predictions made elsewhere. */
export interface Scoreboard<M extends ScoredMethod = ScoredMethod> {
  readonly metrics: readonly MetricRecord[];
  /** The id in `metrics` that orders the methods. */
  readonly rankedBy: string;
  readonly methods: readonly M[];
  readonly statistics?: Statistics | undefined;
}

/** One method with the scores of its runs. */
export interface ScoredMethod {
  readonly name: string;
  /** Absent for predictions that were made elsewhere. */
  readonly kind?: MethodResult["kind"];
  readonly runs: readonly ScoredRun[];
}

/** One training, or the one set of predictions of a method that was not trained here. */
export type ScoredRun = Pick<
  RunResult,
  "fold" | "seed" | "state" | "threshold" | "validation" | "pooled" | "perImage" | "predictions"
>;
