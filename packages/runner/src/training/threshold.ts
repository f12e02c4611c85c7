import { bestOf, type Metric } from "@em-stellar/core";
import { type Scored, score } from "../score.js";

/** 0.5 first, then outwards: of thresholds that score alike, the one nearest to 0.5 is kept. */
const candidates = Array.from({ length: 49 }, (_, i) => 0.5 + ((i % 2 === 0 ? 1 : -1) * Math.ceil(i / 2)) / 50).filter(
  (threshold) => threshold > 0 && threshold < 1,
);

/** The threshold in 0.02 … 0.98 at which the metric is best over all images together. Give it validation images only. */
export function pickThreshold(metric: Metric, images: readonly Scored[]): number {
  const scored = candidates.map((threshold) => {
    const thresholded = images.map(({ prediction, ...rest }) => ({
      ...rest,
      prediction: { ...prediction, threshold },
    }));
    return { threshold, value: score([metric], thresholded).pooled[metric.id] };
  });
  return bestOf(metric.goal, scored, ({ value }) => value)?.threshold ?? 0.5;
}
