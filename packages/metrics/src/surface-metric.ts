import type { Comparison, Factory, Metric, MetricWords } from "@em-stellar/core";
import { defineAdditiveMetric, ratio } from "./additive-metric.js";
import { type SurfaceDistances, surfaceDistances } from "./surface-distances.js";

/** Options of every metric that is a distance between boundaries. */
export interface SurfaceMetricOptions {
  /**
   * The distance of an image where only one of truth and prediction has an object, so that there is no boundary to measure
   * to: `"diagonal"` counts the image's diagonal, the longest distance that it has room for, whether the object was missed
   * or invented (as the BraTS challenge does); `null` leaves the image out, which rewards a method that finds nothing.
   */
  oneEmpty: "diagonal" | null;
}

/**
 * A distance between boundaries, in pixels, from 0, lower is better: the mean over the images where truth or prediction has
 * an object. Where only one of them has, the option `oneEmpty` tells what counts. `parts()` gives the `images` that were
 * scored, with `distance` as their sum, and how many of all images have an object in the truth only (`missed`) and in the
 * prediction only (`invented`).
 */
export function surfaceMetric<const Id extends string>({
  score,
  words,
  ...names
}: {
  id: Id;
  summary: string;
  words: Partial<MetricWords>;
  citation: string;
  score: (distances: SurfaceDistances) => number;
}): Factory<Metric<Id>, SurfaceMetricOptions> {
  const scoreOfImage = (pair: Comparison) => score(pair.derive(surfaceDistances));
  return defineAdditiveMetric({
    ...names,
    words: { family: "boundaries", unit: "pixels", ...words },
    defaults: { oneEmpty: "diagonal" },
    check: ({ oneEmpty }) =>
      oneEmpty === "diagonal" || oneEmpty === null
        ? undefined
        : `needs "diagonal" or null for "oneEmpty", but was given ${JSON.stringify(oneEmpty)}.`,
    goal: "minimize",
    range: [0, null],
    parts: ["distance", "images", "missed", "invented"],
    partsOf(pair, { oneEmpty }: SurfaceMetricOptions) {
      const { fromTruth, fromPrediction } = pair.derive(surfaceDistances);
      const [inTruth, inPrediction] = [fromTruth.length > 0, fromPrediction.length > 0];
      const both = inTruth && inPrediction;
      const alone = inTruth !== inPrediction && oneEmpty === "diagonal";
      return {
        distance: both ? pair.derive(scoreOfImage) : alone ? Math.hypot(pair.truth.width, pair.truth.height) : 0,
        images: +(both || alone),
        missed: +(inTruth && !inPrediction),
        invented: +(inPrediction && !inTruth),
      };
    },
    score: ({ distance, images }) => ratio(distance, images),
  });
}
