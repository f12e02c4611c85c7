import { compare, createScorer, type Metric, type ProbabilityMap } from "@em-stellar/core";

/** One image scored: its truth and its prediction. */
export interface Scored {
  readonly image: string;
  readonly truth: ProbabilityMap;
  readonly prediction: ProbabilityMap;
}

/** Every metric over all images together and image by image; `null` where a metric is not defined. */
export function score(metrics: readonly Metric[], images: Iterable<Scored>) {
  const scorer = createScorer(metrics);
  for (const { image, truth, prediction } of images) scorer.add(image, compare(truth, prediction));
  return scorer.result();
}
