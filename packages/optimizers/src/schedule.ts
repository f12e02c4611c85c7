/** How fast to learn at each step; every optimizer of this package takes these options, so that they can be compared. */
export interface ScheduleOptions {
  /** The rate at the end of the warm-up: the highest of the training. */
  learningRate: number;
  /** Share of all steps, in [0, 1), during which the rate climbs from 0 in a straight line; 0 for none. */
  warmupProportion: number;
  /** The rate at the last step, reached from `learningRate` in a straight line; `null`: no decay. */
  minLearningRate: number | null;
  /** Steps that the schedule is laid out for; `null`: those of the training. After them the rate stays as it is. */
  totalSteps: number | null;
}

/** A tenth of the steps to warm up, then down to 1e-5, as in the notebook of the EM-stellar authors. */
export const scheduleDefaults = {
  warmupProportion: 0.1,
  minLearningRate: 1e-5,
  totalSteps: null,
} satisfies Partial<ScheduleOptions>;

/** The learning rate of step t = 1, 2, …, with a straight warm-up and a straight decay (as in keras-radam 0.17). */
export function learningRateAt(step: number, totalSteps: number, options: ScheduleOptions): number {
  const { learningRate, warmupProportion, minLearningRate } = options;
  const warmupSteps = totalSteps * warmupProportion;
  if (step <= warmupSteps) return learningRate * (step / warmupSteps);
  if (minLearningRate === null) return learningRate;
  const decaySteps = Math.max(totalSteps - warmupSteps, 1);
  return learningRate + (minLearningRate - learningRate) * (Math.min(step - warmupSteps, decaySteps) / decaySteps);
}

/** What is wrong with a schedule, or nothing. */
export function checkSchedule(options: ScheduleOptions): string | undefined {
  const { learningRate, warmupProportion, minLearningRate, totalSteps } = options;
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
  return undefined;
}
