import { binarize, type Comparison } from "@em-stellar/core";

/** Truth and prediction as arrays of 1 (object) and 0. */
export interface BinaryMasks {
  readonly width: number;
  readonly height: number;
  readonly truth: Uint8Array;
  readonly prediction: Uint8Array;
}

/**
 * The masks of a comparison: truth above 0.5 is object, and so is a prediction above its own threshold (0.5 where it
 * names none). `comparison.derive(binaryMasks)` makes them once.
 */
export function binaryMasks({ truth, prediction }: Comparison): BinaryMasks {
  const { width, height } = truth;
  return { width, height, truth: binarize(truth, 0.5), prediction: binarize(prediction) };
}
