import { checks, numberWithin, type OptionCheck, oneOf, wholeNumber } from "@em-stellar/core";
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

/** Widths of a plan that are halves of `baseFilters` need an even one. */
export function checksOf({ stage, baseFilters }: EmNetPlan): OptionCheck<EmNetOptions> {
  const multipleOf = stage.units.some(({ width }) => width % 1 !== 0) ? 2 : 1;
  return checks(
    wholeNumber("baseFilters", { min: 1, multipleOf, suchAs: `4 or ${baseFilters}` }),
    numberWithin("dropout", { above: 0, below: 1, orNull: "none" }),
    oneOf("kernelInitializer", ["he-normal", "glorot-uniform"]),
    numberWithin("batchNormMomentum", { from: 0, below: 1, suchAs: "0.99" }),
    oneOf("head", ["faithful", "stable"]),
  );
}
