import type { KernelConfig } from "@tensorflow/tfjs-core";
import { preluGrad as compiledPreluGrad, reluGrad, tlu, tluGrad } from "./compiled/activations.js";
import { add } from "./compiled/add.js";
import { batchMatMul } from "./compiled/batch-mat-mul.js";
import { batchNormGradKernels, batchNormKernels } from "./compiled/batch-norm.js";
import { concat as compiledConcat, splitV as compiledSplitV } from "./compiled/channels.js";
import { conv2d, fusedConv2d, leakyConvolution } from "./compiled/conv2d.js";
import { conv2dBackpropFilter as compiledBackpropFilter } from "./compiled/conv2d-backprop-filter.js";
import { conv2dBackpropInput as compiledBackpropInput } from "./compiled/conv2d-backprop-input.js";
import { overlapLoss, pixelLoss } from "./compiled/losses.js";
import { maxPoolGrad as compiledMaxPoolGrad, maxPool } from "./compiled/max-pool.js";
import { maxPoolWithIndices, maxUnpool, maxUnpoolGrad } from "./compiled/max-unpool.js";
import { adaptiveStep, momentumStep } from "./compiled/optimizer-step.js";
import {
  resizeNearestNeighborGrad as compiledResizeGrad,
  resizeNearestNeighbor,
} from "./compiled/resize-nearest-neighbor.js";
import { slice } from "./compiled/slice.js";
import { sum as compiledSum, mean } from "./compiled/sum.js";
import {
  leakyUpConvolution,
  upConvolution,
  upConvolutionFilterGrad,
  upConvolutionInputGrad,
} from "./compiled/up-convolution.js";
import type { Compiled } from "./compiled-module.js";
import { adaptiveStep as composedAdaptiveStep } from "./composed/adaptive-step.js";
import { batchNorm, batchNormGrad } from "./composed/batch-norm.js";
import { concat, splitV } from "./composed/channels.js";
import { conv2dBackpropFilter } from "./composed/conv2d-backprop-filter.js";
import { conv2dBackpropInput } from "./composed/conv2d-backprop-input.js";
import { maxPoolGrad } from "./composed/max-pool-grad.js";
import { preluGrad } from "./composed/prelu-grad.js";
import { resizeNearestNeighborGrad } from "./composed/resize-nearest-neighbor-grad.js";
import { sum } from "./composed/sum.js";
import type { Heap } from "./heap.js";
import { cast, identity } from "./identity.js";
import type { CompiledKernel, Kernel } from "./kernel.js";
import { movingAverages } from "./moving-averages.js";

/** What every machine runs: loops in JavaScript around the matrix products and convolutions that tfjs has. */
const composedKernels: readonly Kernel[] = [
  identity,
  cast,
  conv2dBackpropFilter,
  conv2dBackpropInput,
  maxPoolGrad,
  batchNorm,
  batchNormGrad,
  movingAverages,
  composedAdaptiveStep,
  preluGrad,
  sum,
  concat,
  splitV,
  resizeNearestNeighborGrad,
];

/** What machines with SIMD run in their place. */
const compiledKernels: readonly CompiledKernel[] = [
  conv2d,
  fusedConv2d,
  leakyConvolution,
  compiledBackpropInput,
  compiledBackpropFilter,
  ...batchNormKernels,
  ...batchNormGradKernels,
  reluGrad,
  compiledPreluGrad,
  tlu,
  tluGrad,
  maxPool,
  compiledMaxPoolGrad,
  maxPoolWithIndices,
  maxUnpool,
  maxUnpoolGrad,
  resizeNearestNeighbor,
  compiledResizeGrad,
  upConvolution,
  leakyUpConvolution,
  upConvolutionInputGrad,
  upConvolutionFilterGrad,
  compiledConcat,
  compiledSplitV,
  add,
  slice,
  batchMatMul,
  compiledSum,
  mean,
  pixelLoss,
  overlapLoss,
  adaptiveStep,
  momentumStep,
];

/**
 * All our kernels over one backend's memory; the compiled ones where `compiled` says that they run. `stockKernels` are those of
 * tfjs, which some of ours fall back on.
 */
export function wasmKernels(
  heap: Heap,
  stockKernels: readonly KernelConfig[],
  compiled: Compiled | undefined,
): KernelConfig[] {
  const stock = (name: string): KernelConfig["kernelFunc"] => {
    const kernel = stockKernels.find(({ kernelName }) => kernelName === name);
    if (!kernel) throw new Error(`no kernel ${name}`);
    return kernel.kernelFunc;
  };
  const configs = new Map<string, KernelConfig>();
  const add = (config: Omit<KernelConfig, "backendName">) =>
    configs.set(config.kernelName, { ...config, backendName: "wasm" });
  for (const kernel of composedKernels) add(kernel(heap, stock));
  if (compiled) for (const kernel of compiledKernels) add(kernel(heap, compiled, stock));
  return [...configs.values()];
}
