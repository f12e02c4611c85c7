import { movingAveragesName } from "@em-stellar/kernels/backend";
import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { GpuKernel } from "../kernel.js";
import { pointwise } from "./pointwise.js";
import { literal } from "./wgsl.js";

/** Both averages of a batch normalization in one shader. */
export const movingAverages: GpuKernel = (compute) => ({
  kernelName: movingAveragesName,
  kernelFunc({ inputs, attrs }) {
    const { movingMean, movingVariance, mean, variance } = inputs as Record<
      "movingMean" | "movingVariance" | "mean" | "variance",
      TensorInfo
    >;
    const { momentum } = attrs as { momentum: number };
    const outputs = [compute.output(movingMean.shape), compute.output(movingVariance.shape)];
    const moved = (old: string, value: string) => `${old}[i] - (${old}[i] - ${value}[i]) * ${literal(1 - momentum)};`;
    const size = movingMean.shape[0] as number;
    const shader = compute.written(`moving-averages ${size} ${momentum}`, () =>
      pointwise({
        ...{ name: "moving-averages", size },
        read: ["oldMean", "oldVariance", "mean", "variance"],
        write: ["newMean", "newVariance"],
        each: `newMean[i] = ${moved("oldMean", "mean")}\n  newVariance[i] = ${moved("oldVariance", "variance")}`,
      }),
    );
    compute.run(shader, [movingMean, movingVariance, mean, variance, ...outputs]);
    return outputs;
  },
});
