import { attributesOf } from "@em-stellar/kernels/backend";
import { type CastAttrs, type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { GpuKernel } from "../kernel.js";
import { threadForEach } from "./pointwise.js";
import { storage, widthOf } from "./wgsl.js";

/** Whole numbers and truths as floats. tfjs's own kernel only names them so and leaves whole numbers in the buffer, which our shaders would take for floats. */
export const cast: GpuKernel = (compute, stock) => {
  const stockKernel = stock("Cast");
  return {
    kernelName: "Cast",
    kernelFunc(call) {
      const { x } = call.inputs as { x: TensorInfo };
      const { dtype } = attributesOf<CastAttrs>(call.attrs);
      const size = util.sizeFromShape(x.shape);
      const whole = x.dtype === "int32" || x.dtype === "bool";
      if (!whole || dtype !== "float32" || size === 0) return stockKernel(call);
      const result = compute.output(x.shape);
      const width = widthOf(size);
      const buffers = storage({ source: "I" }, { result: "V" });
      compute.run(threadForEach("cast", size / width, width, buffers, "result[i] = V(source[i]);"), [x, result]);
      return result;
    },
  };
};
