import { attributesOf } from "@em-stellar/kernels/backend";
import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { Kernel } from "./kernel.js";

/** tfjs saves what a gradient needs under new tensors, and copies the values to do so; no kernel writes to its inputs, so they can be shared. */
export const identity: Kernel = (heap, stock) => {
  const stockKernel = stock("Identity");
  return {
    kernelName: "Identity",
    kernelFunc(call) {
      const { x } = call.inputs as { x: TensorInfo };
      return x.dtype === "string" ? stockKernel(call) : heap.share(x);
    },
  };
};

/** A cast to the type that a tensor already has. Gradients ask for it often. */
export const cast: Kernel = (heap, stock) => {
  const stockKernel = stock("Cast");
  return {
    kernelName: "Cast",
    kernelFunc(call) {
      const { x } = call.inputs as { x: TensorInfo };
      const { dtype } = attributesOf<{ dtype: string }>(call.attrs);
      return x.dtype === dtype && dtype !== "string" ? heap.share(x) : stockKernel(call);
    },
  };
};
