import type { Factory, Metric, MetricWords } from "@em-stellar/core";
import { defineAdditiveMetric, ratio } from "./additive-metric.js";
import { type ConnectivityOptions, connectivityProblem } from "./connectivity.js";
import type { Contingency } from "./contingency.js";
import { objectOverlaps } from "./object-overlaps.js";

/**
 * Split half of the variation of information, as CREMI computes it: how many bits the predicted region of a pixel tells
 * beyond its true object, H(prediction | truth). From 0, lower is better; rises where true objects are cut into pieces.
 * See {@link voiMerge} for what counts.
 */
export const voiSplit = voiMetric({
  id: "voi-split",
  summary: "Variation of information by splits (CREMI), in bits: H(prediction | truth)",
  words: {
    label: "VOI split",
    meaning:
      "variation of information due to true objects that were split, in bits; 0 as well where nothing is predicted.",
  },
  part: "split",
});

/**
 * Merge half of the variation of information, as CREMI computes it: how many bits the true object of a pixel tells beyond
 * its predicted region, H(truth | prediction). From 0, lower is better; rises where one region covers several true
 * objects. Objects are the connected components of the masks, nothing is thinned (`v-info` is). Only pixels inside objects
 * of the truth count: its background is the ignored label 0. The predicted background is, in each image, one region like
 * any other, so that objects that were missed count as merged with each other. A prediction without objects therefore scores
 * 0 and 0, as a perfect one does, where the truth has one object only: CREMI's definition, which is made for images full of
 * neurites. Read it beside the objects found.
 *
 * scikit-image's `variation_of_information` gives the same numbers where it is told `ignore_labels=[0]`; otherwise it counts
 * the background of the truth as one more object.
 *
 * Pooled over images as if they were one large image in which no region reaches from one to the next: the mean over all
 * pixels that count. Undefined where no truth has an object. `parts()` gives the bits of both
 * halves, of all pixels together, and the number of pixels. Meilă (2007), J. Multivar. Anal.
 * 98:873–895.
 */
export const voiMerge = voiMetric({
  id: "voi-merge",
  summary: "Variation of information by merges (CREMI), in bits: H(truth | prediction)",
  words: {
    label: "VOI merge",
    meaning:
      "variation of information due to objects that were merged, in bits. What was missed counts as one region, so missing the only object costs nothing: read it with the objects found.",
  },
  part: "merge",
});

/** Sums over the pixels of an image that count. */
interface InformationSums {
  readonly pixels: number;
  /** Bits of all pixels together. */
  readonly split: number;
  readonly merge: number;
}

function voiMetric<const Id extends string>({
  id,
  summary,
  words,
  part,
}: {
  id: Id;
  summary: string;
  words: Partial<MetricWords>;
  part: "split" | "merge";
}): Factory<Metric<Id>, ConnectivityOptions> {
  return defineAdditiveMetric({
    id,
    summary,
    words: { family: "regions", unit: "bits", ...words },
    citation: "Meilă (2007), J. Multivar. Anal. 98:873-895",
    defaults: { connectivity: 4 },
    check: connectivityProblem,
    goal: "minimize",
    range: [0, null],
    parts: ["pixels", "split", "merge"],
    partsOf: (pair, { connectivity }: ConnectivityOptions) =>
      informationSums(pair.derive(objectOverlaps[connectivity])),
    score: (sums) => ratio(sums[part], sums.pixels),
  });
}

function informationSums({ truthSizes, predictionSizes, starts, labels, counts }: Contingency): InformationSums {
  const insideTruth = new Float64Array(predictionSizes.length); // of region 0: what was missed of all objects
  let pixels = 0;
  for (let t = 1; t < truthSizes.length; t++) {
    let missed = truthSizes[t] as number;
    pixels += missed;
    for (let i = starts[t] as number; i < (starts[t + 1] as number); i++) {
      const [p, count] = [labels[i] as number, counts[i] as number];
      insideTruth[p] = (insideTruth[p] as number) + count;
      missed -= count;
    }
    insideTruth[0] = (insideTruth[0] as number) + missed;
  }
  let [split, merge] = [0, 0];
  for (let t = 1; t < truthSizes.length; t++) {
    const size = truthSizes[t] as number;
    let missed = size;
    for (let i = starts[t] as number; i < (starts[t + 1] as number); i++) {
      const count = counts[i] as number;
      split += count * Math.log2(size / count);
      merge += count * Math.log2((insideTruth[labels[i] as number] as number) / count);
      missed -= count;
    }
    if (missed === 0) continue;
    split += missed * Math.log2(size / missed);
    merge += missed * Math.log2((insideTruth[0] as number) / missed);
  }
  return { pixels, split, merge };
}
