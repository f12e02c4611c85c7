import { type Goal, isBetter } from "@em-stellar/core";
import type { TrainingOptions } from "../training-options.js";
import type { JobState } from "./job-state.js";

/** What ended a training before its last step. */
export type Stopped = "time" | "patience";

/** Why a training whose state is this one does not go on, though it has steps left; undefined where it does. */
export function stoppedAt(
  { seconds, history }: Pick<JobState, "seconds" | "history">,
  { minutes, earlyStopping }: Pick<TrainingOptions, "minutes" | "earlyStopping">,
  goalOf: (criterion: string) => Goal,
): Stopped | undefined {
  if (earlyStopping) {
    const { by, patience, minChange } = earlyStopping;
    const values = history.map(({ validation }) => validation[by]);
    if (validationsSinceBest(values, goalOf(by), minChange) >= patience) return "patience";
  }
  return minutes !== null && seconds >= 60 * minutes ? "time" : undefined;
}

/**
 * How many validations at the end were not better, by more than `minChange`, than the best before them. A value that is not
 * defined is no better one.
 */
export function validationsSinceBest(
  values: readonly (number | null | undefined)[],
  goal: Goal,
  minChange: number,
): number {
  let best: number | undefined;
  let since = 0;
  for (const value of values) {
    const worse =
      value === null || value === undefined ? value : value + (goal === "maximize" ? -minChange : minChange);
    if (isBetter(goal, worse, best)) {
      best = value as number; // better than nothing, so a number
      since = 0;
    } else since++;
  }
  return since;
}

/** The share of a training, above 0 to 1, that is over after `step` steps and so many seconds. */
export function shareOver(
  step: number,
  seconds: number,
  { steps, minutes }: Pick<TrainingOptions, "steps" | "minutes">,
): number {
  const ofSteps = steps === null ? 0 : step / steps;
  const ofTime = minutes === null ? 0 : seconds / (60 * minutes);
  return Math.min(1, Math.max(ofSteps, ofTime, Number.EPSILON));
}
