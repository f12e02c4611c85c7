import { type AdaptiveStep, adaptiveStepKernel, perWeight } from "@em-stellar/kernels";
import { attributesOf } from "@em-stellar/kernels/backend";
import type { Kernel } from "../kernel.js";

/** A step of Adam, RAdam and their like, one pass for each weight, into new tensors. */
export const adaptiveStep: Kernel = (heap) => ({
  kernelName: adaptiveStepKernel,
  kernelFunc({ inputs, attrs }) {
    // The attributes of a kernel are untyped in tfjs.
    const { beta1, beta2, stepSize, epsilon, keep, adaptive } = attributesOf<AdaptiveStep>(attrs);
    return perWeight(inputs, 4).flatMap((given) => {
      const outputs = [0, 1, 2].map(() => heap.allocate(given[0]?.shape ?? []));
      const [weights, gradients, firsts, seconds] = given.map(heap.floats) as Floats4;
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
      return outputs;
    });
  },
});

type Floats3 = [Float32Array, Float32Array, Float32Array];
type Floats4 = [Float32Array, Float32Array, Float32Array, Float32Array];
