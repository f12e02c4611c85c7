import type { EmNetPlan } from "./plans.js";

/** What all seven networks take. */
export interface EmNetOptions {
  /** Filters of the first stage's convolutions; each stage down doubles them, and all other widths follow. */
  baseFilters: number;
  /** Share of values dropped where the network has dropout, in (0, 1); `null`: no dropout. Those that have none by default drop before the bottleneck. */
  dropout: number | null;
  /** Whether dropout takes whole channels of an image (spatial dropout, as the authors have it) or single values. */
  spatialDropout: boolean;
  /** How kernels start. The last convolution is `"glorot-uniform"` always, as the authors left it. */
  kernelInitializer: "he-normal" | "glorot-uniform";
  /** How slowly the statistics used for prediction follow those of the batches, in [0, 1); 0.99 needs some 500 steps to settle, 0.9 some 50. */
  batchNormMomentum: number;
  /**
   * `"faithful"`: the authors' head, a two-filter convolution with ReLU before the output. Both filters can die (a constant
   * prediction that no longer learns), or lock every pixel to object. `"stable"`: the same head without that one activation.
   */
  head: "faithful" | "stable";
}

export function defaultsOf({ baseFilters, dropout }: EmNetPlan): EmNetOptions {
  return {
    baseFilters,
    dropout,
    spatialDropout: true,
    kernelInitializer: "he-normal",
    batchNormMomentum: 0.99,
    head: "faithful",
  };
}

/** What is wrong with the options, or nothing. Widths of a plan that are halves of `baseFilters` need an even one. */
export function checkOptions(
  { baseFilters, dropout, kernelInitializer, batchNormMomentum, head }: EmNetOptions,
  plan: EmNetPlan,
): string | undefined {
  const multiple = plan.stage.units.some(({ width }) => width % 1 !== 0) ? 2 : 1;
  if (!(baseFilters > 0 && baseFilters % multiple === 0)) {
    const whole = multiple === 2 ? "an even number" : "a whole number";
    return `needs ${whole} above 0 for "baseFilters", such as 4 or ${plan.baseFilters}, but was given ${baseFilters}.`;
  }
  if (dropout !== null && !(typeof dropout === "number" && dropout > 0 && dropout < 1)) {
    return `needs a "dropout" between 0 and 1, or null for none, but was given ${dropout}.`;
  }
  if (kernelInitializer !== "he-normal" && kernelInitializer !== "glorot-uniform") {
    return `needs "he-normal" or "glorot-uniform" for "kernelInitializer", but was given ${JSON.stringify(kernelInitializer)}.`;
  }
  if (!(batchNormMomentum >= 0 && batchNormMomentum < 1)) {
    return `needs a "batchNormMomentum" from 0 to below 1, such as 0.99, but was given ${batchNormMomentum}.`;
  }
  if (head !== "faithful" && head !== "stable") {
    return `needs "faithful" or "stable" for "head", but was given ${JSON.stringify(head)}.`;
  }
  return undefined;
}
