import { defineAdditiveMetric, ratio } from "./additive-metric.js";
import { confusion, confusionCounts } from "./confusion.js";

/**
 * Matthews correlation coefficient of truth and prediction over all pixels of all images; in [−1, 1], higher is better,
 * 0 for a prediction that tells nothing; the same whichever class is positive. Undefined where truth or prediction is of
 * one class throughout (scikit-learn says 0 there). Matthews (1975), Biochim. Biophys. Acta 405:442–451.
 */
export const mcc = defineAdditiveMetric({
  id: "mcc",
  summary: "Matthews correlation coefficient of truth and prediction",
  words: {
    label: "MCC",
    meaning:
      "Matthews correlation coefficient of truth and prediction, pixel by pixel: 1 where both agree, 0 for a prediction that tells nothing.",
    family: "pixels",
  },
  citation: "Matthews (1975), Biochim. Biophys. Acta 405:442-451",
  defaults: {},
  goal: "maximize",
  range: [-1, 1],
  parts: confusionCounts,
  partsOf: (pair) => pair.derive(confusion),
  score({ tp, fp, tn, fn }) {
    // Paired so that a perfect and an inverted prediction take the root of an exact square: ±1, not almost.
    const product = (tp + fp) * (tn + fn) * ((tp + fn) * (tn + fp));
    return ratio(tp * tn - fp * fn, Math.sqrt(product));
  },
});
