import { defineLoss } from "@em-stellar/core/training";
import { add, div, mul, type Scalar } from "@tensorflow/tfjs-core";
import { checkOverlap, type OverlapOptions, overlap, overlapDefaults } from "./overlap.js";

export type DiceOptions = OverlapOptions;

/** −(2 I + δ) / (S + δ) with I = Σ y p, S = Σ y + Σ p over the whole batch and δ = `smooth`; −1 at best. */
export const dice = defineLoss({
  id: "dice",
  summary: "Soft Dice coefficient of the batch, negated",
  citation: "Milletari F. et al., V-Net, 3DV 2016, arXiv:1606.04797",
  defaults: overlapDefaults,
  check: checkOverlap,
  compute(truth, prediction, { smooth }: DiceOptions): Scalar {
    const { intersection, total } = overlap(truth, prediction);
    return div(add(mul(intersection, -2), -smooth), add(total, smooth));
  },
});
