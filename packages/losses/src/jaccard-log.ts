import { defineLoss } from "@em-stellar/core/training";
import { add, div, log, type Scalar, sub } from "@tensorflow/tfjs-core";
import { checkOverlap, type OverlapOptions, overlap, overlapDefaults } from "./overlap.js";

export type JaccardLogOptions = OverlapOptions;

/** −ln[(I + δ) / (S − I + δ)] with I = Σ y p, S = Σ y + Σ p over the whole batch and δ = `smooth`; 0 at best. */
export const jaccardLog = defineLoss({
  id: "jaccard-log",
  summary: "Logarithm of the soft Jaccard index of the batch",
  defaults: overlapDefaults,
  check: checkOverlap,
  compute(truth, prediction, { smooth }: JaccardLogOptions): Scalar {
    const { intersection, total } = overlap(truth, prediction);
    return log(div(add(sub(total, intersection), smooth), add(intersection, smooth)));
  },
});
