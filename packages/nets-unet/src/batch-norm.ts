/** What the networks with batch normalisation take in addition. */
export interface BatchNormOptions {
  /** How slowly the statistics used for prediction follow those of the batches, in [0, 1); 0.99 needs some 500 steps to settle, 0.9 some 50. */
  batchNormMomentum: number;
}

/** What is wrong with the options, or nothing. */
export function checkBatchNorm({ batchNormMomentum }: BatchNormOptions): string | undefined {
  return batchNormMomentum >= 0 && batchNormMomentum < 1
    ? undefined
    : `needs a "batchNormMomentum" from 0 to below 1, such as 0.99, but was given ${batchNormMomentum}.`;
}
