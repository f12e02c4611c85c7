import { type AnyRegistry, type JobId, memoryStore, type StopSignal } from "@em-stellar/core";
import type { Device } from "@em-stellar/core/training";
import { methodsOf } from "./method.js";
import { now } from "./now.js";
import { runSuite } from "./run-suite.js";
import type { Suite } from "./suite.js";

/** How long a network takes on this machine, in seconds. */
export interface Speed {
  readonly method: string;
  /** To make the network, and whatever else comes before its first step. */
  readonly start: number;
  readonly step: number;
  readonly validation: number;
  /** To predict and score the test images. */
  readonly test: number;
}

/** A trial ends after so many steps or seconds. The first steps are slow, because code is compiled and memory found. */
const limits = { steps: 60, seconds: 3 };

/** Told while a trial goes on. */
export interface TrialEvents {
  onFailure?(method: string, message: string): void;
  /** What there is to say about the data. */
  onWarning?(message: string): void;
}

/**
 * Trains each network of a suite for a few steps on one fold from one seed, keeps nothing, and tells how long a step and a
 * validation took. Where a training fails, the others go on.
 */
export async function measureSpeed(
  suite: Suite,
  outside: {
    readonly registry: AnyRegistry;
    readonly device: Device;
    readonly folder?: string;
    readonly signal?: StopSignal;
  },
  { onFailure, onWarning }: TrialEvents = {},
): Promise<Speed[]> {
  const { transferTo: _, ...own } = suite;
  const trial: Suite = {
    ...own,
    baselines: [],
    ensembles: [],
    trainings: suite.trainings.map(({ options, ...named }) => ({
      ...named,
      options: {
        ...options,
        steps: limits.steps,
        minutes: limits.seconds / 60,
        validateEvery: limits.steps,
        initial: null,
      },
    })),
  };
  const speeds = new Map<string, Speed>();
  let ended = now();
  let began = ended;
  let stepped = [{ step: 0, time: began }];
  const select = ({ fold, seed }: JobId) => fold === 0 && seed === suite.seeds[0];
  let trainings = 0;
  const events = runSuite(trial, { ...outside, store: memoryStore(), select });
  for await (const event of events) {
    const time = now();
    if (event.type === "warning") onWarning?.(event.message);
    if (event.type === "run-started") {
      trainings = event.jobs.length;
      ended = time;
    } else if (event.type === "job-started") {
      began = time;
      stepped = [{ step: 0, time }];
    } else if (event.type === "step") {
      stepped.push({ step: event.step, time });
    } else if (event.type === "validation") {
      const last = stepped.at(-1) ?? { step: 0, time: began };
      const halfway = stepped.findLast(({ step }) => step <= last.step / 2) ?? last; // there is step 0
      speeds.set(event.job.method, {
        method: event.job.method,
        start: began - ended,
        step: (last.time - halfway.time) / (last.step - halfway.step),
        validation: time - last.time,
        test: 0,
      });
      ended = time;
    } else if (event.type === "job-finished" || event.type === "job-failed") {
      const speed = speeds.get(event.job.method);
      if (speed) speeds.set(event.job.method, { ...speed, test: time - ended });
      if (event.type === "job-failed") onFailure?.(event.job.method, event.message);
      ended = time;
      trainings--;
      if (trainings === 0) break;
    }
  }
  // Trainings that differ in their length alone are one in a trial.
  return methodsOf(trial).flatMap((method) => {
    if (method.kind === "baseline") return [];
    const speed = speeds.get(method.sameAs ?? method.name);
    return speed ? [{ ...speed, method: method.name }] : [];
  });
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
export function budgetFor(
  speeds: readonly Pick<Speed, "step" | "validation">[],
  folds: number,
  seconds: number,
  workers: number,
): Budget {
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
export function secondsOf(jobs: readonly number[], workers: number): number {
  const free = new Array<number>(Math.min(workers, jobs.length)).fill(0); // when each worker is
  for (const job of jobs) {
    const next = free.indexOf(Math.min(...free));
    free[next] = (free[next] as number) + job;
  }
  return Math.max(0, ...free);
}
