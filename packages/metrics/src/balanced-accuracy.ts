import { defineAdditiveMetric, ratio } from "./additive-metric.js";
import { confusion, confusionCounts } from "./confusion.js";

/**
 * Mean of sensitivity and specificity, over all pixels of all images; in [0, 1], higher is better, 1/2 for a constant
 * prediction; the same whichever class is positive. Undefined where the truth is of one class throughout. Brodersen et
 * al. (2010), ICPR.
 */
export const balancedAccuracy = defineAdditiveMetric({
  id: "balanced-accuracy",
  summary: "Mean of sensitivity and specificity: (TP / (TP + FN) + TN / (TN + FP)) / 2",
  words: {
    label: "Balanced accuracy",
    meaning: "the mean of the shares of object and of background that are classified correctly.",
    family: "pixels",
  },
  citation: "Brodersen et al. (2010), ICPR, doi:10.1109/ICPR.2010.764",
  defaults: {},
  goal: "maximize",
  range: [0, 1],
  parts: confusionCounts,
  partsOf: (pair) => pair.derive(confusion),
  score({ tp, fp, tn, fn }) {
    const [sensitivity, specificity] = [ratio(tp, tp + fn), ratio(tn, tn + fp)];
    return sensitivity === undefined || specificity === undefined ? undefined : (sensitivity + specificity) / 2;
  },
});
