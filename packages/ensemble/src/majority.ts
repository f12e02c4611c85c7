import { binarize, defineEnsemble } from "@em-stellar/core";
import { requireMembers } from "./members.js";

/**
 * The share of members that call a pixel object, each at its own threshold. Object is what more than half of them say:
 * an exact tie is background. Throws `InputError` where there are no members or their sizes differ.
 */
export const majority = defineEnsemble({
  id: "majority",
  summary: "Majority vote of the members, each at its own threshold; a tie is background",
  defaults: {},
  combine(predictions) {
    const { width, height } = requireMembers("majority", predictions);
    const votes = new Uint16Array(width * height);
    for (const prediction of predictions) {
      const ballot = binarize(prediction);
      for (let i = 0; i < votes.length; i++) votes[i] = (votes[i] as number) + (ballot[i] as number);
    }
    return { width, height, data: votes, maximum: predictions.length, threshold: 0.5 };
  },
});
