import { defineOptimizer } from "@em-stellar/core/training";
import { momentumStep } from "@em-stellar/kernels";
import { checkSchedule, learningRateOf, type ScheduleOptions, scheduleDefaults } from "./schedule.js";
import { SteppedOptimizer } from "./stepped-optimizer.js";

export interface SgdOptions extends ScheduleOptions {
  /** Share of the last update that is made again, in [0, 1); 0 for plain gradient descent. */
  momentum: number;
  /** Share of each weight, times the learning rate, taken away at each step, apart from the gradient; 0 for none. */
  weightDecay: number;
}

const defaults: SgdOptions = { learningRate: 1e-2, ...scheduleDefaults, momentum: 0.9, weightDecay: 0 };

/** Stochastic gradient descent with (heavy-ball) momentum, a warm-up and a decay. */
export const sgd = defineOptimizer({
  id: "sgd",
  summary: "Stochastic gradient descent with momentum, warm-up and decay",
  citation: "Polyak B. T., Some methods of speeding up the convergence of iteration methods, 1964",
  defaults,
  check(options: SgdOptions) {
    const { momentum, weightDecay } = options;
    if (!(momentum >= 0 && momentum < 1)) {
      return `needs a "momentum" from 0 (none) to below 1, but was given ${momentum}.`;
    }
    if (!(weightDecay >= 0)) return `needs a "weightDecay" of 0 (none) or more, but was given ${weightDecay}.`;
    return checkSchedule(options);
  },
  create(plan, options: SgdOptions) {
    const learningRate = learningRateOf(plan, options);
    return new SteppedOptimizer(
      {
        slots: options.momentum > 0 ? ["momentum"] : [],
        update: (step, weights) => {
          const stepSize = learningRate(step);
          const { momentum, weightDecay } = options;
          return momentumStep({ momentum, stepSize, keep: 1 - stepSize * weightDecay }, weights);
        },
      },
      { ...options },
    );
  },
});
