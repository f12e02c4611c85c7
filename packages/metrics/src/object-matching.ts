import type { Factory, Metric, MetricWords } from "@em-stellar/core";
import { defineAdditiveMetric } from "./additive-metric.js";
import { type ConnectivityOptions, connectivityProblem } from "./connectivity.js";
import type { Contingency } from "./contingency.js";
import { objectOverlaps } from "./object-overlaps.js";

/** Options of every metric that counts objects found. */
export interface ObjectMatchingOptions extends ConnectivityOptions {
  /** Objects of fewer pixels are left out, of truth and prediction alike; 1 keeps them all. */
  minimumSize: number;
}

/** Objects of one image, or of several added up. */
export interface ObjectCounts {
  /** Objects of the truth that one of the prediction matches. */
  readonly tp: number;
  /** Objects of the prediction without a match. */
  readonly fp: number;
  /** Objects of the truth without a match. */
  readonly fn: number;
}

/**
 * A fraction of object counts, added up over all images before they are divided: in [0, 1], higher is better, 0 where
 * nothing matches, undefined where neither side has an object. `isMatch` judges intersection over union, and must refuse
 * all below 1/2. `parts()` gives the counts and `iou`, the sum of the intersections over union of the matches.
 */
export function objectMetric<const Id extends string>({
  id,
  summary,
  words,
  citation,
  isMatch,
  score,
}: {
  id: Id;
  summary: string;
  words: Partial<MetricWords>;
  citation: string;
  isMatch: (iou: number) => boolean;
  score: (counts: ObjectCounts) => number | undefined;
}): Factory<Metric<Id>, ObjectMatchingOptions> {
  return defineAdditiveMetric({
    id,
    summary,
    words: { family: "objects", ...words },
    citation,
    defaults: { connectivity: 4, minimumSize: 1 },
    check: (options) =>
      connectivityProblem(options) ??
      (Number.isInteger(options.minimumSize) && options.minimumSize >= 1
        ? undefined
        : `needs a whole number of pixels, at least 1, for "minimumSize", but was given ${options.minimumSize}. Leave it out to keep all objects.`),
    goal: "maximize",
    range: [0, 1],
    parts: ["tp", "fp", "fn", "iou"],
    partsOf: (pair, { connectivity, minimumSize }: ObjectMatchingOptions) =>
      matchObjects(pair.derive(objectOverlaps[connectivity]), isMatch, minimumSize),
    score,
  });
}

/**
 * Counts the pairs that match, each object in one at most. Above 1/2 no object can be in two. At exactly 1/2 it can where
 * numbered objects touch: two halves that make up a whole; either of them is the match.
 */
function matchObjects(
  { truthSizes, predictionSizes, starts, labels, counts }: Contingency,
  isMatch: (iou: number) => boolean,
  minimumSize: number,
): ObjectCounts & { readonly iou: number } {
  let [tp, iou] = [0, 0];
  const matched = new Uint8Array(predictionSizes.length);
  for (let t = 1; t < truthSizes.length; t++) {
    const truthSize = truthSizes[t] as number;
    if (truthSize < minimumSize) continue;
    for (let i = starts[t] as number; i < (starts[t + 1] as number); i++) {
      const p = labels[i] as number;
      const predictionSize = predictionSizes[p] as number;
      const shared = counts[i] as number;
      const overlap = shared / (truthSize + predictionSize - shared);
      if (matched[p] || predictionSize < minimumSize || !isMatch(overlap)) continue;
      matched[p] = 1;
      tp++;
      iou += overlap;
      break; // at most one match for each object of the truth
    }
  }
  return { tp, fp: atLeast(minimumSize, predictionSizes) - tp, fn: atLeast(minimumSize, truthSizes) - tp, iou };
}

/** How many regions (the background is none) have a size of at least `minimum`. */
function atLeast(minimum: number, sizes: Float64Array): number {
  let count = 0;
  for (let label = 1; label < sizes.length; label++) count += +((sizes[label] as number) >= minimum);
  return count;
}
