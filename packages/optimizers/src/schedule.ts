import { checks, EmStellarError, numberWithin, oneOf, wholeNumber } from "@em-stellar/core";
import type { TrainingPlan } from "@em-stellar/core/training";
import { dropsOnPlateau } from "./plateau.js";

/** How the rate goes on after the warm-up. */
const schedules = ["linear", "constant", "cosine", "polynomial", "step", "plateau"] as const;

/** How fast to learn at each step; every optimizer of this package takes these options, so that they can be compared. */
export interface ScheduleOptions {
  /** The rate at the end of the warm-up: the highest of the training. */
  learningRate: number;
  /** Share of all steps, in [0, 1), during which the rate climbs from 0 in a straight line; 0 for none. */
  warmupProportion: number;
  /** The lowest rate, which `linear`, `cosine` and `polynomial` reach at the last step; `null`: no decay, or no lowest rate. */
  minLearningRate: number | null;
  /** Steps that the schedule is laid out for; `null`: those of the training. After them the rate stays as it is. */
  totalSteps: number | null;
  /**
   * How the rate goes on after the warm-up: `linear`, `cosine` and `polynomial` fall to `minLearningRate`; `step` and `plateau`
   * multiply it by `dropFactor`, `step` `drops` times at equal distances, `plateau` where the validation loss stops falling;
   * `constant` stays.
   */
  schedule: (typeof schedules)[number];
  /** Exponent of `polynomial`, above 0: 1 is a straight line, 2 falls faster at first. */
  power: number;
  /** How often `step` drops: 3 drops after 1/4, 2/4 and 3/4 of the steps behind the warm-up. */
  drops: number;
  /** What a drop of `step` or `plateau` multiplies the rate by, between 0 and 1. */
  dropFactor: number;
  /** Validations in a row without a lower validation loss after which `plateau` drops. */
  plateauPatience: number;
}

/** A tenth of the steps to warm up, then down to 1e-5, as in the notebook of the EM-stellar authors. */
export const scheduleDefaults = {
  warmupProportion: 0.1,
  minLearningRate: 1e-5,
  totalSteps: null,
  schedule: "linear",
  power: 0.9,
  drops: 3,
  dropFactor: 0.1,
  plateauPatience: 5,
} satisfies Partial<ScheduleOptions>;

/**
 * The learning rate of step t = 1, 2, …, with a straight warm-up and, by default, a straight decay (as in keras-radam 0.17).
 * `plateau` goes by the validation losses so far, oldest first.
 */
export function learningRateAt(
  step: number,
  totalSteps: number,
  options: ScheduleOptions,
  validationLosses: readonly number[] = [],
): number {
  const { learningRate, warmupProportion, minLearningRate, schedule, dropFactor } = options;
  const warmupSteps = totalSteps * warmupProportion;
  if (step <= warmupSteps) return learningRate * (step / warmupSteps);
  const decaySteps = Math.max(totalSteps - warmupSteps, 1);
  const share = Math.min(step - warmupSteps, decaySteps) / decaySteps;
  const dropped = (times: number) => Math.max(learningRate * dropFactor ** times, minLearningRate ?? 0);
  switch (schedule) {
    case "constant":
      return learningRate;
    case "step":
      return dropped(Math.min(Math.floor(share * (options.drops + 1)), options.drops));
    case "plateau":
      return dropped(dropsOnPlateau(validationLosses, options.plateauPatience));
  }
  if (minLearningRate === null) return learningRate;
  if (schedule === "cosine") {
    return minLearningRate + (learningRate - minLearningRate) * ((1 + Math.cos(Math.PI * share)) / 2);
  }
  if (schedule === "polynomial") {
    return minLearningRate + (learningRate - minLearningRate) * (1 - share) ** options.power;
  }
  return learningRate + (minLearningRate - learningRate) * share;
}

/** The learning rate of each step t = 1, 2, … of a training. Throws where `plateau` has no validation losses to go by. */
export function learningRateOf(plan: TrainingPlan, options: ScheduleOptions): (step: number) => number {
  const { validationLosses, share } = plan;
  if (options.schedule === "plateau" && !validationLosses) {
    throw new EmStellarError(
      'The schedule "plateau" goes by validation losses, which this training does not tell. Choose another schedule, or give the plan "validationLosses".',
    );
  }
  // Asked for only where it counts: a training that may go on longer tells by this whether its rates change.
  const totalSteps = options.totalSteps ?? (dependsOnTotal(options) ? plan.totalSteps : 1);
  return (step) => {
    // Where time is what ends the training, its share that is over stands for the share of the steps.
    const at = options.totalSteps === null && share ? share() * totalSteps : step;
    return learningRateAt(at, totalSteps, options, validationLosses?.());
  };
}

/** Whether a rate depends on how many steps there are in all. */
function dependsOnTotal({ warmupProportion, schedule, minLearningRate }: ScheduleOptions): boolean {
  const isLevel =
    schedule === "constant" || schedule === "plateau" || (schedule === "linear" && minLearningRate === null);
  return warmupProportion > 0 || !isLevel;
}

/** Returns an error message, or undefined if the schedule is valid. */
export function checkSchedule(options: ScheduleOptions): string | undefined {
  const { learningRate, warmupProportion, minLearningRate, totalSteps, schedule } = options;
  if (!(learningRate > 0)) return `needs a "learningRate" above 0, but was given ${learningRate}.`;
  if (!(warmupProportion >= 0 && warmupProportion < 1)) {
    return `needs a "warmupProportion" from 0 to below 1 (0.1 is a tenth of the steps), but was given ${warmupProportion}.`;
  }
  if (minLearningRate !== null && !(minLearningRate >= 0 && minLearningRate <= learningRate)) {
    return `needs a "minLearningRate" from 0 to the learningRate ${learningRate}, or null for no decay, but was given ${minLearningRate}.`;
  }
  if (totalSteps !== null && !(Number.isInteger(totalSteps) && totalSteps > 0)) {
    return `needs a whole number above 0 for "totalSteps", or null for the steps of the training, but was given ${JSON.stringify(totalSteps)}.`;
  }
  if (minLearningRate === null && (schedule === "cosine" || schedule === "polynomial")) {
    return `needs a "minLearningRate" that the schedule "${schedule}" falls to, such as 0, but was given null.`;
  }
  return checkShape(options);
}

const checkShape = checks(
  oneOf("schedule", schedules),
  numberWithin("power", { above: 0 }),
  wholeNumber("drops", { min: 1 }),
  numberWithin("dropFactor", { above: 0, below: 1, suchAs: "0.1" }),
  wholeNumber("plateauPatience", { min: 1 }),
);
