import { surfaceMetric } from "./surface-metric.js";

/**
 * Average symmetric surface distance in pixels: the mean, over the boundary pixels of both masks alike, of the distance to
 * the boundary of the other (where medpy takes the mean of the two directions' means). From 0, lower is better. The mean
 * over the images where truth and prediction both have an object, undefined where there is none; `parts()` counts what was
 * left out. Heimann et al. (2009), IEEE TMI 28:1251–1265.
 */
export const averageSurfaceDistance = surfaceMetric({
  id: "average-surface-distance",
  summary: "Average symmetric distance of the boundaries, in pixels",
  citation: "Heimann et al. (2009), IEEE TMI 28:1251-1265",
  score: ({ fromTruth, fromPrediction }) =>
    (sum(fromTruth) + sum(fromPrediction)) / (fromTruth.length + fromPrediction.length),
});

function sum(values: Float64Array): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i] as number;
  return total;
}
