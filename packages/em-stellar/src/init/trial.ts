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
    trainings: suite.trainings.map(({ options, ...named }) => ({
      ...named,
      options: { ...options, steps, minutes: null, validateEvery: steps },
    })),
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

/**
 * The most steps, alike for every network, with which the trainings of all folds end in a time, `workers` of them at once;
 * between 100 and 5000, with ten validations.
 */
export function budgetFor(speeds: readonly Speed[], folds: number, seconds: number, workers: number): Budget {
  const validations = 10;
  const lasting = (steps: number) => {
    const jobs = speeds.flatMap(({ step, validation }) =>
      Array.from({ length: folds }, () => steps * step + validations * validation),
    );
    return secondsOf(jobs, workers);
  };
  let steps = 100;
  while (steps < 5000 && lasting(steps + 50) <= seconds) steps += 50;
  return { steps, validateEvery: steps / validations, seconds: lasting(steps) };
}

/** Until the last of some jobs ends, if each is begun as soon as a worker is free. */
function secondsOf(jobs: readonly number[], workers: number): number {
  const free = new Array<number>(Math.min(workers, jobs.length)).fill(0); // when each worker is
  for (const job of jobs) {
    const next = free.indexOf(Math.min(...free));
    free[next] = (free[next] as number) + job;
  }
  return Math.max(...free);
}
