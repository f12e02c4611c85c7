import type { MethodResult, MetricRecord, Results, RunResult, Statistics } from "./results.js";

/** What rankings, statistics and charts are made from, whether the methods were run here or their predictions made elsewhere. */
export interface Scoreboard<M extends ScoredMethod = ScoredMethod> {
  /** Of the suite, or of the evaluation. */
  readonly name: string;
  /** Whether methods were run, on folds and from seeds, or predictions that were made elsewhere were evaluated. */
  readonly origin: "run" | "evaluation";
  /** ISO 8601. */
  readonly finished: string;
  readonly metrics: readonly MetricRecord[];
  /** The id in `metrics` that orders the methods. */
  readonly rankedBy: string;
  /** What the methods were scored on: paths in the folder of the results, an empty one where there is no file. */
  readonly images: readonly ScoredImage[];
  /** SHA-256 of the data: boards with the same one are about the same images. */
  readonly dataHash: string;
  readonly methods: readonly M[];
  readonly statistics?: Statistics | undefined;
}

/** One image that methods were scored on. */
export type ScoredImage = Results["data"]["testImages"][number];

/** One method with the scores of its runs. */
export interface ScoredMethod {
  readonly name: string;
  /** Absent for predictions that were made elsewhere. */
  readonly kind?: MethodResult["kind"];
  /** Of a baseline; absent: a floor. */
  readonly role?: MethodResult["role"];
  /** What it is made of; absent for predictions that were made elsewhere. */
  readonly components?: MethodResult["components"];
  readonly runs: readonly ScoredRun[];
}

/** One training, or the one set of predictions of a method that was not trained here. */
export type ScoredRun = Pick<
  RunResult,
  "fold" | "seed" | "state" | "threshold" | "validation" | "pooled" | "perImage" | "predictions"
>;

/** What an order of methods is made from. */
export type Ranking<M extends ScoredMethod = ScoredMethod> = Pick<Scoreboard<M>, "metrics" | "rankedBy" | "methods">;
