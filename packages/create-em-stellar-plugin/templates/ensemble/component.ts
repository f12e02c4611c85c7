import { defineEnsemble, InputError, probabilities, requireSameSize } from "@em-stellar/core";

/**
 * The highest of the members' probabilities, in [0, 1], at the threshold of the first. Throws `InputError` where there are no
 * members or their sizes differ.
 */
export const newEnsemble = defineEnsemble({
  id: "new-ensemble",
  summary: "Highest of the members' probabilities",
  defaults: {},
  combine(predictions) {
    const [first] = predictions;
    if (!first) {
      throw new InputError(
        'ensemble "new-ensemble" was given no predictions to combine. Give it one map for each member.',
      );
    }
    const data = new Float32Array(first.width * first.height);
    predictions.forEach((prediction, member) => {
      requireSameSize(`Predictions 1 and ${member + 1} of ensemble "new-ensemble"`, first, prediction);
      const values = probabilities(prediction);
      for (let i = 0; i < data.length; i++) data[i] = Math.max(data[i] as number, values[i] as number);
    });
    const { width, height, threshold = 0.5 } = first;
    return { width, height, data, maximum: 1, threshold };
  },
});
