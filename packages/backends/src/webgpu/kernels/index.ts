import type { GpuKernel } from "../kernel.js";
import { prelu, preluGrad, relu, reluGrad, sigmoid, tlu, tluGrad } from "./activations.js";
import { batchNormGradKernels, batchNormKernels } from "./batch-norm.js";
import { add, multiply } from "./binary.js";
import { cast } from "./cast.js";
import { concat, splitV } from "./channels.js";
import { overlapLoss, pixelLoss } from "./losses.js";
import { maxPool, maxPoolGrad } from "./max-pool.js";
import { maxPoolWithIndices, maxUnpool, maxUnpoolGrad } from "./max-unpool.js";
import { movingAverages } from "./moving-averages.js";
import { adaptiveStep, momentumStep } from "./optimizer-step.js";
import { resizeNearestNeighbor, resizeNearestNeighborGrad } from "./resize-nearest-neighbor.js";
import { mean, sum } from "./sum.js";

/** What stands around the convolutions: batch normalization, activations, pooling, resizing, losses and optimizers. */
export const arithmeticKernels: readonly GpuKernel[] = [
  ...batchNormKernels,
  ...batchNormGradKernels,
  movingAverages,
  relu,
  reluGrad,
  prelu,
  preluGrad,
  tlu,
  tluGrad,
  sigmoid,
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
