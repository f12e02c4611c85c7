import { definePlugin } from "@em-stellar/core";
import { constant } from "./constant.js";
import { nearestSlice } from "./nearest-slice.js";
import { objectClassifier } from "./object-classifier.js";
import { otsu } from "./otsu.js";
import { pixelClassifier } from "./pixel-classifier.js";
import { smoothedThreshold } from "./smoothed-threshold.js";

/** Every baseline of this package. */
export const plugin = definePlugin({
  name: "@em-stellar/baselines",
  version: "0.1.0",
  components: [constant, otsu, smoothedThreshold, nearestSlice, pixelClassifier, objectClassifier],
});
