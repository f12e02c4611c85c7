import { defineEnsemble } from "@em-stellar/core";
import { requireMembers } from "./members.js";

/**
 * The mean of the members' probabilities, in [0, 1], at the mean of their thresholds. Throws `InputError` where there
 * are no members or their sizes differ.
 */
export const average = defineEnsemble({
  id: "average",
  summary: "Mean of the members' probabilities",
  defaults: {},
  combine(predictions) {
    const { width, height, threshold: firstThreshold = 0.5 } = requireMembers("average", predictions);
    const sum = new Float64Array(width * height);
    let beyondFirst = 0;
    for (const { data, maximum, threshold = 0.5 } of predictions) {
      for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (data[i] as number) / maximum;
      beyondFirst += threshold - firstThreshold; // exactly 0 where all agree, so that rounding moves no pixel
    }
    const mean = new Float32Array(sum.length);
    for (let i = 0; i < mean.length; i++) mean[i] = (sum[i] as number) / predictions.length;
    return { width, height, data: mean, maximum: 1, threshold: firstThreshold + beyondFirst / predictions.length };
  },
});
