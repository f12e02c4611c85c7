import {
  type AdaptiveStep,
  adaptiveStepKernel,
  type MomentumStep,
  momentumStepKernel,
  perWeight,
} from "@em-stellar/kernels";
import { attributesOf } from "@em-stellar/kernels/backend";
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { Compiled } from "../compiled-module.js";
import type { Heap } from "../heap.js";
import type { CompiledKernel } from "../kernel.js";

/** As in assembly/optimizer-step.ts. */
const rules = { plain: 0, momentum: 1, unadapted: 2, adaptive: 3 } as const;

/** A step of Adam, RAdam and their like of all weights in one pass, in place where nothing else holds a weight or its moments. */
export const adaptiveStep: CompiledKernel = (heap, compiled) => ({
  kernelName: adaptiveStepKernel,
  kernelFunc({ inputs, attrs }) {
    // The attributes of a kernel are untyped in tfjs.
    const { beta1, beta2, stepSize, epsilon, keep, adaptive } = attributesOf<AdaptiveStep>(attrs);
    const weights = perWeight(inputs, 4);
    const rule = adaptive ? rules.adaptive : rules.unadapted;
    return stepAll(heap, compiled, weights, { rule, beta1, beta2, stepSize, epsilon, keep });
  },
});

/** Likewise gradient descent, with momentum or without. */
export const momentumStep: CompiledKernel = (heap, compiled) => ({
  kernelName: momentumStepKernel,
  kernelFunc({ inputs, attrs }) {
    const { momentum, stepSize, keep } = attributesOf<MomentumStep>(attrs);
    const moving = momentum > 0;
    const rule = moving ? rules.momentum : rules.plain;
    return stepAll(heap, compiled, perWeight(inputs, moving ? 3 : 2), {
      rule,
      beta1: momentum,
      beta2: 0,
      stepSize,
      epsilon: 0,
      keep,
    });
  },
});

/** Of each weight [weight, gradient, ...moments] gives the new weight and moments. */
function stepAll(
  heap: Heap,
  compiled: Compiled,
  weights: readonly (readonly TensorInfo[])[],
  numbers: Readonly<Record<"rule" | "beta1" | "beta2" | "stepSize" | "epsilon" | "keep", number>>,
): TensorInfo[] {
  const steps = weights.map(([weight, gradient, ...moments]) => {
    const given = [weight as TensorInfo, ...moments];
    return { gradient: gradient as TensorInfo, given, results: given.map((tensor) => heap.replacing(tensor)) };
  });
  const table = compiled.scratch(64 * steps.length);
  const entries = new Float64Array(heap.memory.buffer, table, 8 * steps.length);
  let total = 0;
  steps.forEach(({ gradient, given, results }, i) => {
    const [weight = 0, first = 0, second = 0] = given.map(heap.address);
    const [newWeight = 0, newFirst = 0, newSecond = 0] = results.map(heap.address);
    const size = util.sizeFromShape(gradient.shape);
    entries.set([weight, heap.address(gradient), first, second, newWeight, newFirst, newSecond, size], 8 * i);
    total += size;
  });
  compiled.jobs.optimizerStep({ table, weights: steps.length, values: total, ...numbers });
  for (const { given } of steps) heap.forgetPacked(given[0] as TensorInfo);
  return steps.flatMap(({ results }) => results);
}
