import { compare, type Metric, type MetricAccumulator, type ProbabilityMap } from "@em-stellar/core";

/** One image scored: its truth and its prediction. */
export interface Scored {
  readonly image: string;
  readonly truth: ProbabilityMap;
  readonly prediction: ProbabilityMap;
}

/** Every metric over all images together and image by image; `null` where a metric is not defined. */
export function score(metrics: readonly Metric[], images: Iterable<Scored>) {
  const pooled = new Map<string, MetricAccumulator>(metrics.map((metric) => [metric.id, metric.accumulate()]));
  const perImage: { image: string; values: Record<string, number | null> }[] = [];
  for (const { image, truth, prediction } of images) {
    const comparison = compare(truth, prediction);
    const values: Record<string, number | null> = {};
    for (const metric of metrics) {
      pooled.get(metric.id)?.add(comparison);
      const alone = metric.accumulate();
      alone.add(comparison);
      values[metric.id] = alone.result() ?? null;
    }
    perImage.push({ image, values });
  }
  const results = [...pooled].map(([id, accumulator]) => [id, accumulator.result() ?? null] as const);
  return { pooled: Object.fromEntries(results), perImage };
}

/** Whether `value` is better than `best` by the goal; anything beats nothing. */
export function isBetter(
  goal: Metric["goal"],
  value: number | null | undefined,
  best: number | null | undefined,
): boolean {
  if (value === null || value === undefined) return false;
  if (best === null || best === undefined) return true;
  return goal === "maximize" ? value > best : value < best;
}
