import { surfaceMetric } from "./surface-metric.js";

/**
 * Average symmetric surface distance in pixels: the mean, over the boundary pixels of both masks alike, of the distance to
 * the boundary of the other (where medpy takes the mean of the two directions' means). From 0, lower is better. The mean
 * over images; one where only truth or prediction has an object counts the image's diagonal unless `oneEmpty` is null, one
 * where neither has is left out. Undefined where all are. Heimann et al. (2009), IEEE TMI 28:1251–1265.
 */
export const averageSurfaceDistance = surfaceMetric({
  id: "average-surface-distance",
  summary: "Average symmetric distance of the boundaries, in pixels",
  words: {
    label: "Surface distance",
    meaning: "the mean distance, in pixels, between the outlines of prediction and truth.",
  },
  citation: "Heimann et al. (2009), IEEE TMI 28:1251-1265",
  score: ({ fromTruth, fromPrediction }) =>
    (sum(fromTruth) + sum(fromPrediction)) / (fromTruth.length + fromPrediction.length),
});

function sum(values: Float64Array): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i] as number;
  return total;
}
