import { getKernel, type KernelConfig } from "@tensorflow/tfjs-core";
import type { Compute } from "./compute.js";
import { convolutionKernels } from "./convolution/index.js";
import type { Tuning } from "./convolution/tuning.js";
import type { GpuKernel } from "./kernel.js";
import { arithmeticKernels } from "./kernels/index.js";

/** All our kernels over one device. */
export function webgpuKernels(compute: Compute, tuning: Tuning): KernelConfig[] {
  const stock = (name: string): KernelConfig["kernelFunc"] => {
    const kernel = getKernel(name, "webgpu");
    if (!kernel) throw new Error(`no kernel ${name}`);
    return kernel.kernelFunc;
  };
  const kernels: readonly GpuKernel[] = [...convolutionKernels(tuning), ...arithmeticKernels];
  return kernels.map((kernel) => ({ ...kernel(compute, stock), backendName: "webgpu" }));
}
