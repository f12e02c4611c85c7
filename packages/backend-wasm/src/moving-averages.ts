import { movingAveragesName } from "@em-stellar/kernels/backend";
import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { Heap } from "./heap.js";
import type { Kernel } from "./kernel.js";

export const movingAverages: Kernel = (heap) => ({
  kernelName: movingAveragesName,
  kernelFunc({ inputs, attrs }) {
    const { movingMean, movingVariance, mean, variance } = inputs as Record<
      "movingMean" | "movingVariance" | "mean" | "variance",
      TensorInfo
    >;
    const { momentum } = attrs as { momentum: number };
    return [moveTowards(heap, movingMean, mean, momentum), moveTowards(heap, movingVariance, variance, momentum)];
  },
});

function moveTowards(heap: Heap, old: TensorInfo, value: TensorInfo, momentum: number): TensorInfo {
  const out = heap.allocate(old.shape);
  const [before, target, after] = [old, value, out].map(heap.floats) as [Float32Array, Float32Array, Float32Array];
  for (let i = 0; i < before.length; i++) {
    const average = before[i] as number;
    after[i] = average - (average - (target[i] as number)) * (1 - momentum);
  }
  return out;
}
