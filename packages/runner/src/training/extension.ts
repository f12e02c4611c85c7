import type { Warning } from "@em-stellar/core";
import type { TrainingPlan } from "@em-stellar/core/training";
import type { NetworkMethod } from "../method.js";
import type { JobState } from "./job-state.js";

/** A plan that knows whether an optimizer has asked how long the training will be: then its steps depend on that. */
export function observedPlan({ totalSteps, ...rest }: TrainingPlan): {
  readonly plan: TrainingPlan;
  readonly dependsOnTotal: () => boolean;
} {
  let isAsked = false;
  const plan = {
    ...rest,
    get totalSteps() {
      isAsked = true;
      return totalSteps;
    },
  };
  return { plan, dependsOnTotal: () => isAsked };
}

/**
 * A saved state, as a training goes on from it: where that has got more steps than it was saved under, the state says so, and
 * a warning says what the steps before it would have been otherwise.
 */
export function goOnLonger(
  saved: JobState,
  { optimizer, training: { steps } }: Pick<NetworkMethod, "optimizer" | "training">,
  dependsOnTotal: boolean,
): { readonly state: JobState; readonly warning?: Warning } {
  const { planned = steps, step } = saved;
  if (planned === steps) return { state: saved };
  const state = { ...saved, planned: steps, extended: [...(saved.extended ?? []), step] };
  if (!dependsOnTotal) return { state };
  const warning = {
    code: "extended-schedule",
    message: `The learning rate of ${optimizer.id} depends on the number of steps: up to step ${step} it was that of a training of ${planned} steps, and from there on it is that of one of ${steps}. The result is not that of ${steps} steps from the start. With "schedule": "constant" and "warmupProportion": 0 it would be.`,
  };
  return { state: { ...state, warnings: [...saved.warnings, warning] }, warning };
}
