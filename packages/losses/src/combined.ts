import { checks, numberWithin } from "@em-stellar/core";
import { defineLoss, type Loss } from "@em-stellar/core/training";
import { add, mul, type Scalar, scalar } from "@tensorflow/tfjs-core";
import { binaryCrossEntropy } from "./binary-cross-entropy.js";
import { dice } from "./dice.js";
import { diceEq6 } from "./dice-eq6.js";
import { type FocalOptions, focal } from "./focal.js";
import { jaccardLog } from "./jaccard-log.js";
import { checkOverlap, type OverlapOptions } from "./overlap-options.js";

/** How much each loss counts, from 0 (not at all) on, and the options of those that have some. */
export interface CombinedOptions extends FocalOptions, OverlapOptions {
  binaryCrossEntropy: number;
  dice: number;
  focal: number;
  jaccardLog: number;
  diceEq6: number;
}

const defaults: CombinedOptions = {
  binaryCrossEntropy: 1,
  dice: 1,
  focal: 0,
  jaccardLog: 0,
  diceEq6: 0,
  alpha: focal.defaults.alpha,
  gamma: focal.defaults.gamma,
  smooth: dice.defaults.smooth,
};

/** A sum of losses, each with a weight; by default binary cross-entropy and dice, as nnU-Net trains. */
export const combined = defineLoss({
  id: "combined",
  summary: "Weighted sum of losses; by default binary cross-entropy + dice, as in nnU-Net",
  citation: "Isensee F. et al., nnU-Net, Nature Methods 18, 203-211 (2021)",
  defaults,
  check(options) {
    const problem = checkNumbers(options) ?? checkOverlap(options);
    if (problem) return problem;
    return termsOf(options).length > 0 ? undefined : 'needs a weight above 0 for one loss at least, such as "dice": 1.';
  },
  compute(truth, prediction, options: CombinedOptions) {
    return termsOf(options).reduce<Scalar>(
      (sum, [loss, weight]) => add(sum, mul(loss.compute(truth, prediction), weight)),
      scalar(0),
    );
  },
});

const weight = { from: 0 };
const checkNumbers = checks(
  numberWithin("binaryCrossEntropy", weight),
  numberWithin("dice", weight),
  numberWithin("focal", weight),
  numberWithin("jaccardLog", weight),
  numberWithin("diceEq6", weight),
  numberWithin("alpha", { from: 0, to: 1 }),
  numberWithin("gamma", weight),
);

/** The losses that count, with their weights. */
function termsOf({ alpha, gamma, smooth, ...weights }: CombinedOptions): [Loss, number][] {
  const all: [Loss, number][] = [
    [binaryCrossEntropy(), weights.binaryCrossEntropy],
    [dice({ smooth }), weights.dice],
    [focal({ alpha, gamma }), weights.focal],
    [jaccardLog({ smooth }), weights.jaccardLog],
    [diceEq6({ smooth }), weights.diceEq6],
  ];
  return all.filter(([, weight]) => weight !== 0);
}
