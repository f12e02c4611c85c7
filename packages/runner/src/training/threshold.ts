import { bestOf, compare, type Metric, type ProbabilityMap } from "@em-stellar/core";

/** 0.5 first, then outwards: of thresholds that score alike, the one nearest to 0.5 is kept. */
const candidates = Array.from({ length: 49 }, (_, i) => 0.5 + ((i % 2 === 0 ? 1 : -1) * Math.ceil(i / 2)) / 50).filter(
  (threshold) => threshold > 0 && threshold < 1,
);

/** Looks for the threshold in 0.02 … 0.98 at which a metric is best over all images together. Give it validation images only; it keeps none. */
export function createThresholdPicker(metric: Metric): {
  add(truth: ProbabilityMap, prediction: ProbabilityMap): void;
  pick(): number;
} {
  const tried = candidates.map((threshold) => ({ threshold, score: metric.accumulate() }));
  return {
    add(truth, prediction) {
      for (const { threshold, score } of tried) score.add(compare(truth, { ...prediction, threshold }));
    },
    pick: () => bestOf(metric.goal, tried, ({ score }) => score.result())?.threshold ?? 0.5,
  };
}
