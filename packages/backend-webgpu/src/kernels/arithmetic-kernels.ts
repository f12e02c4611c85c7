import type { GpuKernel } from "../kernel.js";
import { batchNormKernels } from "./batch-norm.js";
import { batchNormGradKernels } from "./batch-norm-gradient.js";
import { add, multiply } from "./binary.js";
import { cast } from "./cast.js";
import { concat, splitV } from "./channels.js";
import { dropout } from "./dropout.js";
import { foldBatchNorm } from "./fold-batch-norm.js";
import { prelu, preluGrad, tlu, tluGrad } from "./leaky.js";
import { overlapLoss, pixelLoss } from "./losses.js";
import { maxPool, maxPoolGrad } from "./max-pool.js";
import { maxPoolWithIndices, maxUnpool, maxUnpoolGrad } from "./max-unpool.js";
import { adaptiveStep, momentumStep } from "./optimizer-step.js";
import { relu, reluGrad, sigmoid } from "./relu.js";
import { resizeNearestNeighbor, resizeNearestNeighborGrad } from "./resize-nearest-neighbor.js";
import { mean, sum } from "./sum.js";

/** What stands around the convolutions: batch normalization, activations, pooling, resizing, losses and optimizers. */
export const arithmeticKernels: readonly GpuKernel[] = [
  ...batchNormKernels,
  ...batchNormGradKernels,
  foldBatchNorm,
  relu,
  reluGrad,
  prelu,
  preluGrad,
  tlu,
  tluGrad,
  sigmoid,
  dropout,
  maxPool,
  maxPoolGrad,
  maxPoolWithIndices,
  maxUnpool,
  maxUnpoolGrad,
  resizeNearestNeighbor,
  resizeNearestNeighborGrad,
  cast,
  concat,
  splitV,
  add,
  multiply,
  sum,
  mean,
  pixelLoss,
  overlapLoss,
  adaptiveStep,
  momentumStep,
];
