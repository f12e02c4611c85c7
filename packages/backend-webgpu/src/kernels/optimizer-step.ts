import {
  type AdaptiveStep,
  adaptiveStepKernel,
  type MomentumStep,
  momentumStepKernel,
  perWeight,
} from "@em-stellar/kernels";
import { attributesOf } from "@em-stellar/kernels/backend";
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { Compute } from "../compute.js";
import type { GpuKernel } from "../kernel.js";
import { pointwise } from "./pointwise.js";

/** A step of Adam, RAdam and their like, one shader for each weight. */
export const adaptiveStep: GpuKernel = (compute) => ({
  kernelName: adaptiveStepKernel,
  kernelFunc({ inputs, attrs }) {
    const { beta1, beta2, stepSize, epsilon, keep, adaptive } = attributesOf<AdaptiveStep>(attrs);
    const rule = {
      name: "adaptive-step",
      moments: ["first", "second"],
      each: `first[i] = step[0].x * first[i] + gradient[i];
  second[i] = step[0].y * second[i] + gradient[i] * gradient[i];
  weight[i] = step[1].x * weight[i] - step[0].z * ${adaptive ? "first[i] / (sqrt(second[i]) + step[0].w)" : "first[i]"};`,
    };
    return stepAll(compute, rule, perWeight(inputs, 4), [beta1, beta2, stepSize, epsilon, keep]);
  },
});

/** Likewise gradient descent, with momentum or without. */
export const momentumStep: GpuKernel = (compute) => ({
  kernelName: momentumStepKernel,
  kernelFunc({ inputs, attrs }) {
    const { momentum, stepSize, keep } = attributesOf<MomentumStep>(attrs);
    const moving = momentum > 0;
    const rule = {
      name: "momentum-step",
      moments: moving ? ["velocity"] : [],
      each: `${moving ? "velocity[i] = step[0].x * velocity[i] + gradient[i];" : ""}
  weight[i] = step[1].x * weight[i] - step[0].z * ${moving ? "velocity[i]" : "gradient[i]"};`,
    };
    return stepAll(compute, rule, perWeight(inputs, moving ? 3 : 2), [momentum, 0, stepSize, 0, keep]);
  },
});

interface Rule {
  readonly name: string;
  /** Buffers beside the weight that the shader updates. */
  readonly moments: readonly string[];
  /** WGSL, with `gradient` and `step`: beta1 or momentum, beta2, step size, epsilon; keep. */
  readonly each: string;
}

/** Of each weight [weight, gradient, ...moments] gives the new weight and moments, in their old places where these are free. */
function stepAll(
  compute: Compute,
  { name, moments, each }: Rule,
  weights: readonly (readonly TensorInfo[])[],
  numbers: readonly number[],
): TensorInfo[] {
  return weights.flatMap(([weight, gradient, ...slots]) => {
    const given = [weight as TensorInfo, ...slots];
    const size = util.sizeFromShape((weight as TensorInfo).shape);
    if (size === 0) return given.map((tensor) => compute.share(tensor));
    const results = given.map((tensor) => compute.replacing(tensor));
    const shader = pointwise({
      ...{ name, size, read: ["gradient"], write: ["weight", ...moments], each },
      declarations: `@group(0) @binding(${1 + given.length}) var<uniform> step: array<vec4<f32>, 2>;`,
    });
    compute.run(shader, [gradient as TensorInfo, ...results], numbers);
    return results;
  });
}
