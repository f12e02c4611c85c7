import type { MethodResult, Results, RunResult } from "@em-stellar/core";
import { compareScores, type MetricRecord, metricOf } from "./metrics.js";

/** What a method reached by one metric on the test images, over its runs. */
export interface Score {
  readonly mean: number;
  /** The lowest and the highest value of any run. */
  readonly low: number;
  readonly high: number;
  /** The runs the metric is defined for, and their values. */
  readonly values: readonly number[];
  /** Finished runs for which it is not defined. */
  readonly undefinedRuns: number;
}

/** A method in its place. */
export interface RankedMethod {
  readonly method: MethodResult;
  /** From 1 for the best; undefined for floors and for methods without a score. */
  readonly rank: number | undefined;
  readonly score: Score | undefined;
}

/** Runs that came to their end. */
export function finishedRuns(method: MethodResult): readonly RunResult[] {
  return method.runs.filter((run) => run.state === "done");
}

/** Mean and range of the pooled test scores; undefined where no finished run has one. */
export function scoreOf(method: MethodResult, metric: string): Score | undefined {
  const runs = finishedRuns(method);
  return summarise(runs.map((run) => run.pooled[metric]));
}

/** Mean and range of what is defined in a list; undefined where nothing is. */
export function summarise(given: readonly (number | null | undefined)[]): Score | undefined {
  const values = given.filter((value): value is number => typeof value === "number");
  if (values.length === 0) return undefined;
  return {
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
    low: Math.min(...values),
    high: Math.max(...values),
    values,
    undefinedRuns: given.length - values.length,
  };
}

/** The run that did best on its own validation images by the ranking metric (the first of equals): chosen without a look at the test set. */
export function chosenRun(method: MethodResult, results: Results): RunResult | undefined {
  const metric = metricOf(results, results.rankedBy);
  let chosen: RunResult | undefined;
  for (const run of finishedRuns(method)) {
    const value = run.validation[metric.id] ?? null;
    const best = chosen?.validation[metric.id] ?? null;
    if (!chosen || (value !== null && (best === null || compareScores(metric, value, best) > 0))) chosen = run;
  }
  return chosen;
}

export function isFloor(method: MethodResult): boolean {
  return method.kind === "baseline";
}

/** Networks and ensembles from best to worst by the mean of the ranking metric, then the floors likewise; without a score last. */
export function rankMethods(results: Results): RankedMethod[] {
  const metric = metricOf(results, results.rankedBy);
  const scored = results.methods.map((method) => ({ method, score: scoreOf(method, metric.id) }));
  const order = byScore(metric, ({ score }: { score: Score | undefined }) => score?.mean);
  const contenders = scored.filter(({ method }) => !isFloor(method)).sort(order);
  const floors = scored.filter(({ method }) => isFloor(method)).sort(order);
  return [
    ...contenders.map((entry, i) => ({ ...entry, rank: entry.score && i + 1 })),
    ...floors.map((entry) => ({ ...entry, rank: undefined })),
  ];
}

/** Compares by a value, best first, what has none last. */
export function byScore<T>(metric: MetricRecord, value: (item: T) => number | null | undefined) {
  return (a: T, b: T): number => {
    const [first, second] = [value(a) ?? null, value(b) ?? null];
    if (first === null || second === null) return Number(first === null) - Number(second === null);
    return compareScores(metric, second, first);
  };
}

/** The mean over finished runs of a metric on one test image; undefined where no run has it. */
export function scoreOnImage(method: MethodResult, image: string, metric: string): number | undefined {
  const runs = finishedRuns(method);
  return summarise(runs.map((run) => run.perImage.find((entry) => entry.image === image)?.values[metric]))?.mean;
}

/** How well networks and ensembles (floors where there is nothing else) do on an image, in the mean by the ranking metric. */
export function ease(results: Results, image: string): number | undefined {
  const contenders = results.methods.filter((method) => !isFloor(method));
  const judges = contenders.some((method) => finishedRuns(method).length > 0) ? contenders : results.methods;
  return summarise(judges.map((method) => scoreOnImage(method, image, results.rankedBy)))?.mean;
}

/** Distinct folds and seeds that the networks ran (of all methods where there is no network). */
export function repeats(results: Results): { folds: number; seeds: number } {
  const networks = results.methods.filter((method) => method.kind === "network");
  const runs = (networks.length > 0 ? networks : results.methods).flatMap((method) => method.runs);
  return {
    folds: new Set(runs.map((run) => run.fold)).size,
    seeds: new Set(runs.map((run) => run.seed)).size,
  };
}

/** `fold 2, seed 1`. */
export function runLabel(run: RunResult): string {
  return `fold ${run.fold}, seed ${run.seed}`;
}
