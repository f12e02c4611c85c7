import { defineLoss } from "@em-stellar/core/training";
import { pixelLoss } from "@em-stellar/kernels";

export interface FocalOptions {
  /** Weight of object pixels, in [0, 1]; background pixels weigh 1 − alpha. */
  alpha: number;
  /** How strongly pixels that are already right count less; 0 for not at all. */
  gamma: number;
}

/** Cross-entropy that dwells on hard pixels: −[α y (1 − p)^γ ln p + (1 − α)(1 − y) p^γ ln(1 − p)], the mean over all pixels. */
export const focal = defineLoss({
  id: "focal",
  summary: "Focal loss (Lin et al., 2017), the mean over pixels",
  citation: "Lin T.-Y. et al., Focal loss for dense object detection, ICCV 2017, arXiv:1708.02002",
  defaults: { alpha: 0.25, gamma: 2 },
  check({ alpha, gamma }) {
    if (!(alpha >= 0 && alpha <= 1)) return `needs an "alpha" from 0 to 1, but was given ${alpha}.`;
    if (!(gamma >= 0)) return `needs a "gamma" of 0 or more, but was given ${gamma}.`;
    return undefined;
  },
  compute: (truth, prediction, { alpha, gamma }: FocalOptions) =>
    pixelLoss(truth, prediction, { object: alpha, background: 1 - alpha, gamma }),
});
