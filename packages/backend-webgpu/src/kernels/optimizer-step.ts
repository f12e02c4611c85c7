import {
  type AdaptiveStep,
  adaptiveStepKernel,
  type MomentumStep,
  momentumStepKernel,
  perWeight,
} from "@em-stellar/kernels";
import { attributesOf } from "@em-stellar/kernels/backend";
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { Compute, Shader } from "../compute.js";
import type { GpuKernel } from "../kernel.js";
import { threadForEach } from "./pointwise.js";
import { widthOf } from "./wgsl.js";

/** A step of Adam, RAdam and their like, a shader for as many weights as it may have buffers. */
export const adaptiveStep: GpuKernel = (compute) => ({
  kernelName: adaptiveStepKernel,
  kernelFunc({ inputs, attrs }) {
    const { beta1, beta2, stepSize, epsilon, keep, adaptive } = attributesOf<AdaptiveStep>(attrs);
    const rule: Rule = {
      name: adaptive ? "adaptive-step" : "adaptive-step, not divided",
      moments: 2,
      each: ({ weight, gradient, moments: [first, second] }) => `${first} = step[0].x * ${first} + ${gradient};
    ${second} = step[0].y * ${second} + ${gradient} * ${gradient};
    ${weight} = step[1].x * ${weight} - step[0].z * ${adaptive ? `${first} / (sqrt(${second}) + step[0].w)` : first};`,
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
    const rule: Rule = {
      name: moving ? "momentum-step" : "descent-step",
      moments: moving ? 1 : 0,
      each: ({
        weight,
        gradient,
        moments: [velocity],
      }) => `${moving ? `${velocity} = step[0].x * ${velocity} + ${gradient};` : ""}
    ${weight} = step[1].x * ${weight} - step[0].z * ${moving ? velocity : gradient};`,
    };
    return stepAll(compute, rule, perWeight(inputs, moving ? 3 : 2), [momentum, 0, stepSize, 0, keep]);
  },
});

interface Rule {
  readonly name: string;
  /** How many numbers beside each weight the shader updates. */
  readonly moments: number;
  /** WGSL for elements of these names, with `step`: beta1 or momentum, beta2, step size, epsilon; keep. */
  each(elements: { weight: string; gradient: string; moments: readonly string[] }): string;
}

/** Of each weight [weight, gradient, ...moments] gives the new weight and moments, in their old places where these are free. */
function stepAll(
  compute: Compute,
  rule: Rule,
  weights: readonly (readonly TensorInfo[])[],
  numbers: readonly number[],
): TensorInfo[] {
  const all = weights.map(([weight, gradient, ...slots]) => {
    const given = [weight as TensorInfo, ...slots];
    const size = util.sizeFromShape((weight as TensorInfo).shape);
    const results = given.map((tensor) => (size === 0 ? compute.share(tensor) : compute.replacing(tensor)));
    return { size, gradient: gradient as TensorInfo, results };
  });
  const filled = all.filter(({ size }) => size > 0);
  const { maxStorageBuffersPerShaderStage: most = 8 } = compute.limits;
  const count = Math.max(1, Math.floor(most / (2 + rule.moments)));
  for (let first = 0; first < filled.length; first += count) {
    const group = filled.slice(first, first + count);
    const buffers = group.flatMap(({ gradient, results }) => [gradient, ...results]);
    const sizes = group.map(({ size }) => size);
    const shader = compute.written(`${rule.name} ${sizes}`, () => stepShader(rule, sizes));
    compute.run(shader, buffers, numbers);
  }
  return all.flatMap(({ results }) => results);
}

/** Updates weights of these sizes, each with the threads that follow those of the one before. */
function stepShader({ name, moments, each }: Rule, sizes: readonly number[]): Shader {
  const width = sizes.every((size) => widthOf(size) === 4) ? 4 : 1;
  const declarations: string[] = [];
  const declare = (kind: string, buffer: string) => {
    declarations.push(`@group(0) @binding(${declarations.length}) var<${kind}> ${buffer}: array<V>;`);
    return `${buffer}[i - start]`;
  };
  let end = 0;
  const steps = sizes.map((size, weight) => {
    const start = end;
    end += size / width;
    const elements = {
      gradient: declare("storage, read", `gradient${weight}`),
      weight: declare("storage, read_write", `weight${weight}`),
      moments: Array.from({ length: moments }, (_, moment) =>
        declare("storage, read_write", `moment${moment}Of${weight}`),
      ),
    };
    return `if (i >= ${start}u && i < ${end}u) {
    let start = ${start}u;
    ${each(elements)}
  }`;
  });
  declarations.push(`@group(0) @binding(${declarations.length}) var<uniform> step: array<vec4<f32>, 2>;`);
  return threadForEach(name, end, width, declarations.join("\n"), steps.join("\n  "));
}
