import { defineAdditiveMetric, ratio } from "./additive-metric.js";
import { surfaceDistances } from "./surface-distances.js";

/** Options of {@link boundaryF1}. */
export interface BoundaryF1Options {
  /** A boundary pixel is matched where the other mask has one at most this many pixels away (Euclidean). */
  tolerance: number;
}

/**
 * Boundary F1: the harmonic mean of the share of predicted boundary pixels near a true one (precision) and of true ones
 * near a predicted one (recall); boundaries as in `surfaceDistances`. In [0, 1], higher is better. Pixels are added
 * up over all images; 0 where only one side has an object, undefined where neither has. `parts()` gives the boundary pixels of
 * both sides and how many were matched. Csurka et al. (2013), BMVC; the F measure of DAVIS (Perazzi et al., 2016).
 */
export const boundaryF1 = defineAdditiveMetric({
  id: "boundary-f1",
  summary: "F1 score of boundary pixels, matched within a tolerance",
  words: {
    label: "Boundary F1",
    meaning: "the F1 score of outlines: how much of each lies within a few pixels of the other.",
    family: "boundaries",
  },
  citation: "Csurka et al. (2013), BMVC, doi:10.5244/C.27.32",
  defaults: { tolerance: 2 },
  check: ({ tolerance }) =>
    tolerance >= 0 ? undefined : `needs 0 or more pixels for "tolerance", but was given ${tolerance}. Try 2.`,
  goal: "maximize",
  range: [0, 1],
  parts: ["truth", "truthMatched", "prediction", "predictionMatched"],
  partsOf(pair, { tolerance }: BoundaryF1Options) {
    const { fromTruth, fromPrediction } = pair.derive(surfaceDistances);
    return {
      truth: fromTruth.length,
      truthMatched: within(fromTruth, tolerance),
      prediction: fromPrediction.length,
      predictionMatched: within(fromPrediction, tolerance),
    };
  },
  score({ truth, truthMatched, prediction, predictionMatched }) {
    if (truth === 0 && prediction === 0) return undefined;
    const precision = ratio(predictionMatched, prediction) ?? 0;
    const recall = ratio(truthMatched, truth) ?? 0;
    return ratio(2 * precision * recall, precision + recall) ?? 0;
  },
});

function within(distances: Float64Array, tolerance: number): number {
  let count = 0;
  for (let i = 0; i < distances.length; i++) count += +((distances[i] as number) <= tolerance);
  return count;
}
