import { surfaceMetric } from "./surface-metric.js";

/**
 * 95 % Hausdorff distance in pixels: of the distances from each boundary pixel of one mask to the boundary of the other,
 * the 95th percentile (interpolated linearly), and of the two directions the larger; MONAI's definition, where medpy takes
 * one percentile of both directions together. From 0, lower is better. The mean over images; one where only
 * truth or prediction has an object counts the image's diagonal unless `oneEmpty` is null, one where neither has is left out.
 * Undefined where all are. Huttenlocher et al. (1993), IEEE
 * TPAMI 15:850–863.
 */
export const hausdorff95 = surfaceMetric({
  id: "hausdorff-95",
  summary: "95 % Hausdorff distance of the boundaries, in pixels",
  words: {
    label: "Hausdorff 95 %",
    meaning: "the distance, in pixels, within which 95 % of the outlines lie of each other.",
  },
  citation: "Huttenlocher et al. (1993), IEEE TPAMI 15:850-863",
  score: ({ fromTruth, fromPrediction }) => Math.max(percentile95(fromTruth), percentile95(fromPrediction)),
});

function percentile95(values: Float64Array): number {
  const sorted = values.toSorted(); // typed arrays sort by number
  const rank = 0.95 * (sorted.length - 1);
  const below = sorted[Math.floor(rank)] as number;
  const above = sorted[Math.ceil(rank)] as number;
  return below + (above - below) * (rank - Math.floor(rank));
}
