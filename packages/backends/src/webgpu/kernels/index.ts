import type { GpuKernel } from "../kernel.js";

/** What stands around the convolutions: batch normalization, activations, pooling, resizing, losses and optimizers. */
export const arithmeticKernels: readonly GpuKernel[] = [];
