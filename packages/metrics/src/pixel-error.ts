import { defineAdditiveMetric, ratio } from "./additive-metric.js";
import { confusion, confusionCounts } from "./confusion.js";

/**
 * Share of pixels that are classified wrongly, (FP + FN) / all = 1 − accuracy, over all pixels of all images; in [0, 1],
 * lower is better. The pixel error of the ISBI 2012 challenge for binary maps (Arganda-Carreras et al., 2015).
 * Undefined before the first image only.
 */
export const pixelError = defineAdditiveMetric({
  id: "pixel-error",
  summary: "Share of pixels that are classified wrongly: (FP + FN) / all",
  words: {
    label: "Pixel error",
    meaning: "the share of all pixels that are classified wrongly, 1 − accuracy.",
    family: "pixels",
  },
  citation: "Arganda-Carreras et al. (2015), Front. Neuroanat. 9:142",
  defaults: {},
  goal: "minimize",
  range: [0, 1],
  parts: confusionCounts,
  partsOf: (pair) => pair.derive(confusion),
  score: ({ tp, fp, tn, fn }) => ratio(fp + fn, tp + fp + tn + fn),
});
