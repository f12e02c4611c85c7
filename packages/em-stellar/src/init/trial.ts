import { type AnyRegistry, memoryStore } from "@em-stellar/core";
import type { Device } from "@em-stellar/core/training";
import { runSuite, type Suite } from "@em-stellar/runner";

/** How long a network takes on this machine, in seconds. */
export interface Speed {
  readonly method: string;
  readonly step: number;
  readonly validation: number;
}

/** Steps of a trial: the first ones are slow, because code is compiled and memory found. */
const steps = 8;

/** Trains each network of a suite for a few steps, keeps nothing, and tells how long a step and a validation took. */
export async function measureSpeed(
  suite: Suite,
  outside: { readonly registry: AnyRegistry; readonly device: Device; readonly folder: string },
): Promise<Speed[]> {
  const trial: Suite = {
    ...suite,
    baselines: [],
    ensembles: [],
    training: { ...suite.training, steps, minutes: null, validateEvery: steps },
  };
  const speeds = new Map<string, Speed>();
  let began = performance.now();
  let stepped = { step: 0, time: began };
  let halfway = stepped;
  const events = runSuite(trial, { ...outside, store: memoryStore(), select: ({ fold }) => fold === 0 });
  for await (const event of events) {
    const time = performance.now();
    if (event.type === "job-started") {
      began = time;
      halfway = { step: 0, time };
      stepped = halfway;
    } else if (event.type === "step") {
      if (event.step === steps / 2) halfway = { step: event.step, time };
      stepped = { step: event.step, time };
    } else if (event.type === "validation") {
      const measured = stepped.step > halfway.step ? stepped : { step: steps, time };
      speeds.set(event.job.method, {
        method: event.job.method,
        step: (measured.time - halfway.time) / 1000 / (measured.step - halfway.step),
        validation: Math.max(0, time - Math.max(stepped.time, began)) / 1000,
      });
    } else if (event.type === "job-finished" && speeds.size === suite.networks.length) {
      break;
    }
  }
  return [...speeds.values()];
}

/** Steps that fill a time, and how long the whole then takes. */
export interface Budget {
  readonly steps: number;
  readonly validateEvery: number;
  readonly seconds: number;
}

/** Divides the time among the trainings of all folds, alike for every network; between 100 and 5000 steps, with ten validations. */
export function budgetFor(speeds: readonly Speed[], folds: number, seconds: number): Budget {
  const validations = 10;
  const step = speeds.reduce((sum, speed) => sum + speed.step, 0);
  const validation = speeds.reduce((sum, speed) => sum + speed.validation, 0);
  const fitting = (seconds / folds - validations * validation) / step;
  const chosen = Math.min(5000, Math.max(100, Math.floor(fitting / 50) * 50));
  return {
    steps: chosen,
    validateEvery: chosen / validations,
    seconds: folds * (chosen * step + validations * validation),
  };
}
