import { defineLoss } from "@em-stellar/core/training";
import { pixelLoss } from "@em-stellar/kernels";

/** −[y ln p + (1 − y) ln(1 − p)], the mean over all pixels; 0 at best. */
export const binaryCrossEntropy = defineLoss({
  id: "binary-cross-entropy",
  summary: "Binary cross-entropy, the mean over pixels",
  defaults: {},
  compute: (truth, prediction) => pixelLoss(truth, prediction, { object: 1, background: 1, gamma: 0 }),
});
