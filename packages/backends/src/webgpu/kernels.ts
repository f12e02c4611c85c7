import { getKernel, type KernelConfig } from "@tensorflow/tfjs-core";
import type { Compute } from "./compute.js";
import { convolutionKernels } from "./convolution/index.js";
import type { GpuKernel } from "./kernel.js";
import { arithmeticKernels } from "./kernels/index.js";

const kernels: readonly GpuKernel[] = [...convolutionKernels, ...arithmeticKernels];

/** All our kernels over one device. */
export function webgpuKernels(compute: Compute): KernelConfig[] {
  const stock = (name: string): KernelConfig["kernelFunc"] => {
    const kernel = getKernel(name, "webgpu");
    if (!kernel) throw new Error(`no kernel ${name}`);
    return kernel.kernelFunc;
  };
  return kernels.map((kernel) => ({ ...kernel(compute, stock), backendName: "webgpu" }));
}
