import { defineEnsemble } from "@em-stellar/core";
import { memberWeights, requireMembers } from "./members.js";

/**
 * The mean of the members' probabilities, in [0, 1], at the mean of their thresholds; with weights, the weighted means. Throws
 * `InputError` where there are no members, their sizes differ, or weights do not fit.
 */
export const average = defineEnsemble({
  id: "average",
  summary: "Mean of the members' probabilities",
  defaults: {},
  combine(predictions, _, given) {
    const { width, height, threshold: firstThreshold = 0.5 } = requireMembers("average", predictions);
    const weights = memberWeights("average", predictions, given);
    const all = weights.reduce((total, weight) => total + weight, 0);
    const sum = new Float64Array(width * height);
    let beyondFirst = 0;
    for (const [m, { data, maximum, threshold = 0.5 }] of predictions.entries()) {
      const weight = weights[m] as number; // one for each
      for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (weight * (data[i] as number)) / maximum;
      beyondFirst += weight * (threshold - firstThreshold); // exactly 0 where all agree, so that rounding moves no pixel
    }
    const mean = new Float32Array(sum.length);
    for (let i = 0; i < mean.length; i++) mean[i] = (sum[i] as number) / all;
    return { width, height, data: mean, maximum: 1, threshold: firstThreshold + beyondFirst / all };
  },
});
