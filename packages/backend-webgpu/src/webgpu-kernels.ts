import { getKernel, type KernelConfig } from "@tensorflow/tfjs-core";
import type { Compute } from "./compute.js";
import { convolutionKernels } from "./convolution/convolution-kernels.js";
import type { Half } from "./convolution/half.js";
import { createPlans } from "./convolution/plans.js";
import type { Tuning } from "./convolution/tuning.js";
import { upConvolutionKernels } from "./convolution/up-convolution-kernels.js";
import type { GpuKernel } from "./kernel.js";
import { arithmeticKernels } from "./kernels/arithmetic-kernels.js";

/** All our kernels over one device; convolutions in half precision where it is given. */
export function webgpuKernels(compute: Compute, tuning: Tuning, half?: Half): KernelConfig[] {
  const stock = (name: string): KernelConfig["kernelFunc"] => {
    const kernel = getKernel(name, "webgpu");
    if (!kernel) throw new Error(`no kernel ${name}`);
    return kernel.kernelFunc;
  };
  const planFor = createPlans(tuning, half);
  const kernels: readonly GpuKernel[] = [
    ...convolutionKernels(planFor, half),
    // Sums of weights and differences of pixels, which they multiply, are more than float16 holds.
    ...(half ? [] : upConvolutionKernels(planFor)),
    ...arithmeticKernels,
  ];
  return kernels.map((kernel) => ({ ...kernel(compute, stock), backendName: "webgpu" }));
}
