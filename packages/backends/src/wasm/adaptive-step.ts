import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { Kernel } from "./kernel.js";

interface AdaptiveStep {
  readonly beta1: number;
  readonly beta2: number;
  readonly stepSize: number;
  readonly epsilon: number;
  readonly keep: number;
  readonly adaptive: boolean;
}

/**
 * One weight's update by Adam, RAdam and their like, in one pass. The contract stands in `@em-stellar/optimizers`, which
 * calls it by name. New tensors, not an update in place: XNNPACK would go on using what it packed of the old weights.
 */
export const adaptiveStep: Kernel = (heap) => ({
  kernelName: "EmStellarAdaptiveStep",
  kernelFunc({ inputs, attrs }) {
    const { weight, gradient, first, second } = inputs as Record<
      "weight" | "gradient" | "first" | "second",
      TensorInfo
    >;
    // The attributes of a kernel are untyped in tfjs.
    const { beta1, beta2, stepSize, epsilon, keep, adaptive } = attrs as unknown as AdaptiveStep;
    const outputs = [heap.allocate(weight.shape), heap.allocate(weight.shape), heap.allocate(weight.shape)] as const;
    const [weights, gradients, firsts, seconds] = [weight, gradient, first, second].map(heap.floats) as Floats4;
    const [newWeights, newFirsts, newSeconds] = outputs.map(heap.floats) as Floats3;
    for (let i = 0; i < weights.length; i++) {
      const slope = gradients[i] as number;
      const mean = beta1 * (firsts[i] as number) + slope;
      const square = beta2 * (seconds[i] as number) + slope * slope;
      const direction = adaptive ? mean / (Math.sqrt(square) + epsilon) : mean;
      newFirsts[i] = mean;
      newSeconds[i] = square;
      newWeights[i] = keep * (weights[i] as number) - stepSize * direction;
    }
    return [...outputs];
  },
});

type Floats3 = [Float32Array, Float32Array, Float32Array];
type Floats4 = [Float32Array, Float32Array, Float32Array, Float32Array];
