import { defineLoss } from "@em-stellar/core/training";
import { mean, square, sub } from "@tensorflow/tfjs-core";

/** (y − p)², the mean over all pixels; 0 at best. */
export const newLoss = defineLoss({
  id: "new-loss",
  summary: "Squared error, the mean over pixels",
  defaults: {},
  // Row by row, then over the rows: one long float32 sum loses digits.
  compute: (truth, prediction) => mean(mean(square(sub(truth, prediction)), [2, 3])),
});
