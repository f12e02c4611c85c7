import { definePlugin } from "@em-stellar/core";
import { constant } from "./constant.js";
import { otsu } from "./otsu.js";
import { smoothedThreshold } from "./smoothed-threshold.js";

/** Every baseline of this package. */
export const plugin = definePlugin({
  name: "@em-stellar/baselines",
  version: "0.1.0",
  components: [constant, otsu, smoothedThreshold],
});
