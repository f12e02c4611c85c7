import type { Comparison, Factory, Metric } from "@em-stellar/core";
import { defineAdditiveMetric, ratio } from "./additive-metric.js";
import { type SurfaceDistances, surfaceDistances } from "./surface-distances.js";

/**
 * A distance between boundaries, in pixels, from 0, lower is better: the mean over the images where truth and prediction
 * both have an object, because no distance is defined on the others. `parts()` tells what was left out, which the mean
 * cannot: `images` were scored, with `distance` as their sum; `missed` have an object in the truth only, `invented` in
 * the prediction only.
 */
export function surfaceMetric<const Id extends string>({
  score,
  ...names
}: {
  id: Id;
  summary: string;
  citation: string;
  score: (distances: SurfaceDistances) => number;
}): Factory<Metric<Id>, object> {
  const scoreOfImage = (pair: Comparison) => score(pair.derive(surfaceDistances));
  return defineAdditiveMetric({
    ...names,
    defaults: {},
    goal: "minimize",
    range: [0, null],
    parts: ["distance", "images", "missed", "invented"],
    partsOf(pair) {
      const { fromTruth, fromPrediction } = pair.derive(surfaceDistances);
      const [inTruth, inPrediction] = [fromTruth.length > 0, fromPrediction.length > 0];
      const both = inTruth && inPrediction;
      return {
        distance: both ? pair.derive(scoreOfImage) : 0,
        images: +both,
        missed: +(inTruth && !inPrediction),
        invented: +(inPrediction && !inTruth),
      };
    },
    score: ({ distance, images }) => ratio(distance, images),
  });
}
