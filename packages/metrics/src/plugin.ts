import { definePlugin } from "@em-stellar/core";
import { accuracy, f1, jaccard, npv, ppv, sensitivity, specificity } from "./pixel-metrics.js";

/** Every metric of this package. */
export const plugin = definePlugin({
  name: "@em-stellar/metrics",
  version: "0.1.0",
  components: [f1, accuracy, sensitivity, specificity, ppv, npv, jaccard],
});
