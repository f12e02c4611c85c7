import type { GpuKernel } from "../kernel.js";

/** Convolutions and their gradients. */
export const convolutionKernels: readonly GpuKernel[] = [];
