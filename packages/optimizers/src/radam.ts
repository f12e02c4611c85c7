import { defineOptimizer } from "@em-stellar/core/training";
import { type AdaptiveOptions, adaptiveDefaults, adaptiveOptimizer, checkAdaptive } from "./adaptive-optimizer.js";

export type RadamOptions = AdaptiveOptions;

/** Rectified Adam with a warm-up and a decay: plain momentum until the second moment can be trusted. */
export const radam = defineOptimizer({
  id: "radam",
  summary: "Rectified Adam (Liu et al., 2020) with warm-up and decay",
  citation: "Liu L. et al., On the variance of the adaptive learning rate and beyond, ICLR 2020, arXiv:1908.03265",
  defaults: adaptiveDefaults,
  check: checkAdaptive,
  create: (plan, options: RadamOptions) => adaptiveOptimizer(plan, options, rectification),
});

/** The factor r_t of equation (10) of the paper, or `null` where the variance of the second moment is still intractable (ρ_t < 5). */
export function rectification(step: number, beta2: number): number | null {
  const longest = 2 / (1 - beta2) - 1;
  const decayed = beta2 ** step;
  const length = longest - (2 * step * decayed) / (1 - decayed);
  if (length < 5) return null;
  return Math.sqrt((((length - 4) / (longest - 4)) * ((length - 2) / (longest - 2)) * longest) / length);
}
