import { defineAdditiveMetric, ratio } from "./additive-metric.js";
import { confusion } from "./confusion.js";

/**
 * Relative volume error |P − T| / T, with P and T the object pixels of prediction and truth in all images together; from
 * 0, lower is better. Too much in one image makes up for too little in another: the volume of a stack is what it measures.
 * Undefined where no truth has an object. `parts()` gives `truth` T, `prediction` P and `excess` P − T in pixels: the sign
 * of the last tells whether too much or too little was called object. Heimann et al. (2009), IEEE TMI 28:1251–1265.
 */
export const volumeError = defineAdditiveMetric({
  id: "volume-error",
  summary: "Relative error of the object's volume: |P − T| / T",
  words: {
    label: "Volume error",
    meaning: "how far the number of predicted object pixels is from the true number, as a share of the true number.",
    family: "pixels",
  },
  citation: "Heimann et al. (2009), IEEE TMI 28:1251-1265",
  defaults: {},
  goal: "minimize",
  range: [0, null],
  parts: ["truth", "prediction", "excess"],
  partsOf(pair) {
    const { tp, fp, fn } = pair.derive(confusion);
    return { truth: tp + fn, prediction: tp + fp, excess: fp - fn };
  },
  score: ({ truth, excess }) => ratio(Math.abs(excess), truth),
});
