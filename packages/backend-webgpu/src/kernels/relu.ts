import { reluGradName } from "@em-stellar/kernels/backend";
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { GpuKernel } from "../kernel.js";
import { pointwise } from "./pointwise.js";
import { exactly } from "./wgsl.js";

/** A ReLU in which NaN stays NaN. */
export const relu = ofEach("Relu", "positivePart(x[i])");

/** exp() of no more than single precision holds, so that nothing here is infinite. */
export const sigmoid = ofEach("Sigmoid", "select(1 / (1 + exp(-clamp(x[i], V(-88), V(88)))), x[i], isNaN(x[i]))");

function ofEach(kernelName: string, value: string): GpuKernel {
  return (compute, stock) => {
    const stockKernel = stock(kernelName);
    return {
      kernelName,
      kernelFunc(call) {
        const { x } = call.inputs as { x: TensorInfo };
        const size = util.sizeFromShape(x.shape);
        if (x.dtype !== "float32" || size === 0) return stockKernel(call);
        const y = compute.output(x.shape);
        const shader = pointwise({
          ...{ name: kernelName, size, read: ["x"], write: ["y"] },
          ...{ declarations: exactly, each: `y[i] = ${value};` },
        });
        compute.run(shader, [x, y]);
        return y;
      },
    };
  };
}

/** dx of a ReLU from its output. */
export const reluGrad: GpuKernel = (compute) => ({
  kernelName: reluGradName,
  kernelFunc({ inputs }) {
    const { y, dy } = inputs as { y: TensorInfo; dy: TensorInfo };
    const dx = compute.output(y.shape);
    const shader = pointwise({
      ...{ name: "relu-gradient", size: util.sizeFromShape(y.shape), read: ["y", "dy"], write: ["dx"] },
      each: "dx[i] = select(V(0), dy[i], y[i] > V(0));",
    });
    if (util.sizeFromShape(y.shape) > 0) compute.run(shader, [y, dy, dx]);
    return dx;
  },
});
