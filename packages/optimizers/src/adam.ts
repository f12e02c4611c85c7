import { defineOptimizer } from "@em-stellar/core/training";
import { type AdaptiveOptions, adaptiveDefaults, adaptiveOptimizer, checkAdaptive } from "./adaptive-optimizer.js";

export type AdamOptions = AdaptiveOptions;

/** Adam with a warm-up and a decay; with `weightDecay` it is AdamW. */
export const adam = defineOptimizer({
  id: "adam",
  summary: "Adam (Kingma & Ba, 2015) with warm-up and decay",
  citation: "Kingma D. P., Ba J., Adam: a method for stochastic optimization, ICLR 2015, arXiv:1412.6980",
  defaults: adaptiveDefaults,
  check: checkAdaptive,
  create: (plan, options: AdamOptions) => adaptiveOptimizer(plan, options, () => 1),
});
