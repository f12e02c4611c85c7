import { binarize, defineMetric } from "@em-stellar/core";

/**
 * Hamming distance: the number of pixels that are classified wrongly, in all images together; from 0, lower is better. Undefined
 * before the first image only.
 */
export const newMetric = defineMetric({
  id: "new-metric",
  summary: "Number of pixels that are classified wrongly: FP + FN",
  words: {
    label: "New metric",
    meaning: "the number of pixels that are classified wrongly, in all images together.",
    family: "pixels",
    unit: "pixels",
  },
  goal: "minimize",
  range: [0, null],
  defaults: {},
  fromParts: ({ wrong = 0, pixels = 0 }) => (pixels === 0 ? undefined : wrong),
  accumulate() {
    let wrong = 0;
    let pixels = 0;
    return {
      add({ truth, prediction }) {
        const [given, predicted] = [binarize(truth, 0.5), binarize(prediction)];
        for (let i = 0; i < given.length; i++) wrong += Number(given[i] !== predicted[i]);
        pixels += given.length;
      },
      result: () => (pixels === 0 ? undefined : wrong),
      parts: () => ({ wrong, pixels }),
    };
  },
});
