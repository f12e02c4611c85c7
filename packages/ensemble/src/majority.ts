import { binarize, defineEnsemble } from "@em-stellar/core";
import { memberWeights, requireMembers } from "./members.js";

/**
 * The share of members that call a pixel object, each at its own threshold; with weights, their share of all weights. Object is
 * what more than half of them say: an exact tie is background. Throws `InputError` where there are no members, their sizes
 * differ, or weights do not fit.
 */
export const majority = defineEnsemble({
  id: "majority",
  summary: "Majority vote of the members, each at its own threshold; a tie is background",
  defaults: {},
  combine(predictions, _, given) {
    const { width, height } = requireMembers("majority", predictions);
    const weights = memberWeights("majority", predictions, given);
    const votes = given ? new Float32Array(width * height) : new Uint16Array(width * height);
    for (const [m, prediction] of predictions.entries()) {
      const ballot = binarize(prediction);
      const weight = weights[m] as number; // one for each
      for (let i = 0; i < votes.length; i++) votes[i] = (votes[i] as number) + weight * (ballot[i] as number);
    }
    const maximum = weights.reduce((total, weight) => total + weight, 0);
    return { width, height, data: votes, maximum, threshold: 0.5 };
  },
});
