import { type Metric, scoreNames } from "@em-stellar/core";

/** The metrics of a suite by the names of their scores: their ids, or `f1:background` where the suite has an id twice. */
export function metricsByName({ metrics }: { readonly metrics: readonly Metric[] }): Map<string, Metric> {
  const names = scoreNames(metrics);
  return new Map(metrics.map((metric, i) => [names[i] as string, metric])); // one name for each
}

/** A score's name as a part of a path on every system: `f1-background`. */
export function pathName(score: string): string {
  return score.replace(/[^\w.-]+/g, "-");
}
