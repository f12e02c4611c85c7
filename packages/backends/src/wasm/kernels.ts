import { type GradConfig, getKernel, type KernelConfig } from "@tensorflow/tfjs-core";
import { adaptiveStep } from "./adaptive-step.js";
import { batchNorm, batchNormGrad, batchNormGradient } from "./batch-norm.js";
import { concat, splitV } from "./channels.js";
import { conv2dBackpropFilter } from "./conv2d-backprop-filter.js";
import { conv2dBackpropInput } from "./conv2d-backprop-input.js";
import type { Heap } from "./heap.js";
import { cast, identity } from "./identity.js";
import type { Kernel } from "./kernel.js";
import { maxPoolGrad } from "./max-pool-grad.js";
import { preluGrad, preluGradient } from "./prelu-grad.js";
import { resizeNearestNeighborGrad } from "./resize-nearest-neighbor-grad.js";
import { sum } from "./sum.js";

const kernels: readonly Kernel[] = [
  conv2dBackpropFilter,
  conv2dBackpropInput,
  maxPoolGrad,
  batchNorm,
  batchNormGrad,
  adaptiveStep,
  identity,
  cast,
  preluGrad,
  sum,
  concat,
  splitV,
  resizeNearestNeighborGrad,
];

/** All our kernels over one backend's memory. */
export function wasmKernels(heap: Heap): KernelConfig[] {
  const stock = (name: string): KernelConfig["kernelFunc"] => {
    const kernel = getKernel(name, "wasm");
    if (!kernel) throw new Error(`no kernel ${name}`);
    return kernel.kernelFunc;
  };
  return kernels.map((kernel) => ({ ...kernel(heap, stock), backendName: "wasm" }));
}

/** Gradients of our own operations, and faster ones of tfjs's. */
export function wasmGradients(): GradConfig[] {
  return [batchNormGradient, preluGradient()];
}
