import { defineLoss } from "@em-stellar/core/training";
import { overlapLoss } from "@em-stellar/kernels";
import { checkOverlap, type OverlapOptions, overlapDefaults } from "./overlap-options.js";

export type JaccardLogOptions = OverlapOptions;

/** −ln[(I + δ) / (S − I + δ)] with I = Σ y p, S = Σ y + Σ p over the whole batch and δ = `smooth`; 0 at best. */
export const jaccardLog = defineLoss({
  id: "jaccard-log",
  summary: "Logarithm of the soft Jaccard index of the batch",
  defaults: overlapDefaults,
  check: checkOverlap,
  compute: (truth, prediction, { smooth }: JaccardLogOptions) =>
    overlapLoss(truth, prediction, { numerator: 1, denominator: 1, smooth, logarithm: true }),
});
