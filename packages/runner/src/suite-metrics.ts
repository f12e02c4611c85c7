import { type Goal, type Metric, scoreNames } from "@em-stellar/core";

/** The metrics of a suite by the names of their scores: their ids, or `f1:background` where the suite has an id twice. */
export function metricsByName({ metrics }: { readonly metrics: readonly Metric[] }): Map<string, Metric> {
  const names = scoreNames(metrics);
  return new Map(metrics.map((metric, i) => [names[i] as string, metric])); // one name for each
}

/** Whether more or less is better of what checkpoints go by: `loss` or a score of the suite. */
export function goalOfCriterion(suite: { readonly metrics: readonly Metric[] }, criterion: string): Goal {
  return metricsByName(suite).get(criterion)?.goal ?? "minimize"; // the loss
}

/** A score's name as a part of a path on every system: `f1-background`. */
export function pathName(score: string): string {
  return score.replace(/[^\w.-]+/g, "-");
}
