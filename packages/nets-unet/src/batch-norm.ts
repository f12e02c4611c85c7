import { numberWithin } from "@em-stellar/core";

/** What the networks with batch normalisation take in addition. */
export interface BatchNormOptions {
  /** How slowly the statistics used for prediction follow those of the batches, in [0, 1); 0.99 needs some 500 steps to settle, 0.9 some 50. */
  batchNormMomentum: number;
}

export const checkBatchNorm = numberWithin("batchNormMomentum", { from: 0, below: 1, suchAs: "0.99" });
