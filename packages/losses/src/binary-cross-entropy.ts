import { defineLoss } from "@em-stellar/core/training";
import { add, log, mul, neg, type Scalar, sub } from "@tensorflow/tfjs-core";
import { clipProbability } from "./clip-probability.js";
import { meanPixels } from "./reduce-pixels.js";

/** −[y ln p + (1 − y) ln(1 − p)], the mean over all pixels; 0 at best. */
export const binaryCrossEntropy = defineLoss({
  id: "binary-cross-entropy",
  summary: "Binary cross-entropy, the mean over pixels",
  defaults: {},
  compute(truth, prediction): Scalar {
    const p = clipProbability(prediction);
    const background = log(sub(1, p));
    return neg(meanPixels(add(background, mul(truth, sub(log(p), background)))));
  },
});
