import { defineLoss } from "@em-stellar/core/training";
import { overlapLoss } from "@em-stellar/kernels";
import { checkOverlap, type OverlapOptions, overlapDefaults } from "./overlap-options.js";

export type DiceOptions = OverlapOptions;

/** −(2 I + δ) / (S + δ) with I = Σ y p, S = Σ y + Σ p over the whole batch and δ = `smooth`; −1 at best. */
export const dice = defineLoss({
  id: "dice",
  summary: "Soft Dice coefficient of the batch, negated",
  citation: "Milletari F. et al., V-Net, 3DV 2016, arXiv:1606.04797",
  defaults: overlapDefaults,
  check: checkOverlap,
  compute: (truth, prediction, { smooth }: DiceOptions) =>
    overlapLoss(truth, prediction, { numerator: 2, denominator: 0, smooth, logarithm: false }),
});
