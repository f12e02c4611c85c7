import { defineLoss } from "@em-stellar/core/training";
import { overlapLoss } from "@em-stellar/kernels";
import { checkOverlap, type OverlapOptions, overlapDefaults } from "./overlap-options.js";

export type DiceEq6Options = OverlapOptions;

/**
 * −(I + δ) / (S + δ): equation (6) of the EM-stellar paper as printed, without the factor 2 of its equation (5), so that a
 * perfect match tends to −0.5. To compare with runs that took it at its word; otherwise use `dice`.
 */
export const diceEq6 = defineLoss({
  id: "dice-eq6",
  summary: "Dice loss as misprinted in the EM-stellar paper (no factor 2)",
  defaults: overlapDefaults,
  check: checkOverlap,
  compute: (truth, prediction, { smooth }: DiceEq6Options) =>
    overlapLoss(truth, prediction, { numerator: 1, denominator: 0, smooth, logarithm: false }),
});
