import type { TrainingPlan } from "@em-stellar/core/training";
import { type AdaptiveStep, adaptiveStep } from "@em-stellar/kernels";
import { checkSchedule, learningRateOf, type ScheduleOptions, scheduleDefaults } from "./schedule.js";
import { SteppedOptimizer } from "./stepped-optimizer.js";

/** What Adam and RAdam share. */
export interface AdaptiveOptions extends ScheduleOptions {
  /** Decay of the mean of the gradients, in [0, 1). */
  beta1: number;
  /** Decay of the mean of the squared gradients, in [0, 1). */
  beta2: number;
  /** Added to the root of the second moment; keeps the step finite where gradients vanish. */
  epsilon: number;
  /** Share of each weight, times the learning rate, taken away at each step, apart from the gradient; 0 for none. */
  weightDecay: number;
}

export const adaptiveDefaults: AdaptiveOptions = {
  learningRate: 1e-3,
  ...scheduleDefaults,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-7,
  weightDecay: 0,
};

/** Returns an error message, or undefined if the options are valid. */
export function checkAdaptive(options: AdaptiveOptions): string | undefined {
  const { beta1, beta2, epsilon, weightDecay } = options;
  for (const [name, beta] of Object.entries({ beta1, beta2 })) {
    if (!(beta >= 0 && beta < 1)) return `needs a "${name}" from 0 to below 1, but was given ${beta}.`;
  }
  if (!(epsilon > 0)) return `needs an "epsilon" above 0, such as 1e-7, but was given ${epsilon}.`;
  if (!(weightDecay >= 0)) return `needs a "weightDecay" of 0 (none) or more, but was given ${weightDecay}.`;
  return checkSchedule(options);
}

/** How much of the adaptive step to take at step t; `null`: take the momentum alone. */
export type Rectification = (step: number, beta2: number) => number | null;

/** The numbers of step t = 1, 2, …: learning rate, correction of the bias and rectification, folded. */
export function adaptiveStepAt(
  step: number,
  rate: number,
  options: AdaptiveOptions,
  rectification: Rectification,
): AdaptiveStep {
  const { beta1, beta2, epsilon, weightDecay } = options;
  const rectified = rectification(step, beta2);
  // The moments are sums: these factors make bias-corrected means of them.
  const meanOfFirst = (1 - beta1) / (1 - beta1 ** step);
  const rootOfSecond = Math.sqrt((1 - beta2) / (1 - beta2 ** step));
  const shared = { beta1, beta2, keep: 1 - rate * weightDecay };
  return rectified === null
    ? { ...shared, stepSize: rate * meanOfFirst, epsilon, adaptive: false }
    : {
        ...shared,
        stepSize: (rate * rectified * meanOfFirst) / rootOfSecond,
        epsilon: epsilon / rootOfSecond,
        adaptive: true,
      };
}

/** A tfjs optimizer that steps by the first moment over the root of the second. */
export function adaptiveOptimizer(
  plan: TrainingPlan,
  options: AdaptiveOptions,
  rectification: Rectification,
): SteppedOptimizer {
  const learningRate = learningRateOf(plan, options);
  return new SteppedOptimizer(
    {
      slots: ["first-moment", "second-moment"],
      update: (step, weights) =>
        adaptiveStep(adaptiveStepAt(step, learningRate(step), options, rectification), weights),
    },
    { ...options },
  );
}
