import { checks, numberWithin, type OptionCheck, oneOf, wholeNumber } from "@em-stellar/core";

/** What all networks of this package take. */
export interface ClassicOptions {
  /** Filters of the first convolutions; all other widths follow in proportion. */
  baseFilters: number;
  /** Share of values dropped at the deepest level, in (0, 1); `null`: no dropout. */
  dropout: number | null;
  /** Whether dropout takes whole channels of an image (spatial dropout) or single values. */
  spatialDropout: boolean;
  /** How slowly the statistics used for prediction follow those of the batches, in [0, 1); 0.99 needs some 500 steps to settle, 0.9 some 50. */
  batchNormMomentum: number;
}

/** For networks whose convolutions may start in one of two ways. */
export interface KernelOptions {
  /** How kernels start. */
  kernelInitializer: "he-normal" | "glorot-uniform";
}

/** For networks with a two-filter convolution before the output. */
export interface HeadOptions {
  /**
   * `"faithful"`: the authors' head, a two-filter convolution with ReLU before the output. Both filters can die (a constant
   * prediction that no longer learns), or lock every pixel to object. `"stable"`: the same head without that one activation.
   */
  head: "faithful" | "stable";
}

export const classicDefaults = { dropout: null, spatialDropout: true, batchNormMomentum: 0.99 } as const;

/** `authors`: the width that the authors have it at. */
export function classicChecks(authors: number): OptionCheck<ClassicOptions> {
  return checks(
    wholeNumber("baseFilters", { min: 1, suchAs: `4 or ${authors}` }),
    numberWithin("dropout", { above: 0, below: 1, orNull: "none" }),
    numberWithin("batchNormMomentum", { from: 0, below: 1, suchAs: "0.99" }),
  );
}

export const checkHead = oneOf("head", ["faithful", "stable"]);
export const checkKernel = oneOf("kernelInitializer", ["he-normal", "glorot-uniform"]);
