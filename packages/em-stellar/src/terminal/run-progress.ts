import { jobPath, type RunEvent } from "@em-stellar/core";
import { bar, duration } from "./format.js";

/** A training that is going on. */
interface ActiveJob {
  readonly name: string;
  /** The step it started from: more than 0 where it continues. */
  readonly from: number;
  readonly step: number;
  readonly totalSteps: number;
  readonly stepsPerSecond: number;
  readonly loss: number | undefined;
  /** How many shaders are still to be compiled before the first step. */
  readonly shadersLeft?: number;
}

/** How far a run has come: all that a progress display needs to know. */
export interface RunProgress {
  readonly jobs: number;
  readonly finished: number;
  readonly active: readonly ActiveJob[];
  /** When the first training of this run began, and how many jobs were finished by then: what the time left is judged from. */
  readonly since: { readonly seconds: number; readonly finished: number } | undefined;
  /** Seconds since the run began, at the last event. */
  readonly seconds: number;
  readonly ended: boolean;
}

export const noProgress: RunProgress = {
  jobs: 0,
  finished: 0,
  active: [],
  since: undefined,
  seconds: 0,
  ended: false,
};

/** The progress after one more event; `seconds` is the time since the run began. */
export function advance(progress: RunProgress, event: RunEvent, seconds: number): RunProgress {
  const now = { ...progress, seconds };
  switch (event.type) {
    case "run-started":
      return { ...noProgress, seconds, jobs: event.jobs.length, finished: event.finishedBefore };
    case "job-started": {
      const { step, totalSteps } = event;
      const started = { name: jobPath(event.job), from: step, step, totalSteps, stepsPerSecond: 0, loss: undefined };
      const since = progress.since ?? { seconds, finished: progress.finished };
      return { ...now, since, active: [...without(progress, started.name), started] };
    }
    case "job-warming-up": {
      const name = jobPath(event.job);
      const waiting = {
        name,
        from: 0,
        step: 0,
        totalSteps: 1,
        stepsPerSecond: 0,
        loss: undefined,
        shadersLeft: event.left,
      };
      return { ...now, active: [...without(progress, name), waiting] };
    }
    case "step": {
      const { step, loss, stepsPerSecond } = event;
      const name = jobPath(event.job);
      const active = progress.active.map((job) => (job.name === name ? { ...job, step, loss, stepsPerSecond } : job));
      return { ...now, active };
    }
    case "job-finished":
    case "job-failed":
      return { ...now, finished: progress.finished + 1, active: without(progress, jobPath(event.job)) };
    case "run-finished":
      return { ...now, active: [], ended: true };
    default:
      return now;
  }
}

function without(progress: RunProgress, name: string): ActiveJob[] {
  return progress.active.filter((job) => job.name !== name);
}

/** The lines of a live display, each at most `columns` wide: a bar for each training that goes on and one for the run. */
export function renderProgress(progress: RunProgress, columns: number): string[] {
  const { jobs, finished, active, since, ended } = progress;
  if (jobs === 0 || ended) return [];
  const labels = [...active.map(({ name }) => name), `${finished} of ${jobs} jobs`];
  const labelWidth = Math.max(...labels.map(({ length }) => length));
  // One width for all bars; details come by importance, those at the end are left out where the terminal is narrow.
  const width = Math.min(Math.max(columns - labelWidth - 46, 8), 32);
  const line = (label: string, share: number, details: string[]) => {
    const start = `${label.padEnd(labelWidth)}  ${bar(share, width)}`;
    while (details.length > 0 && [start, ...details].join("   ").length > columns) details.pop();
    return [start, ...details].join("   ").slice(0, columns);
  };
  const lines = active.map(({ name, step, totalSteps, stepsPerSecond, loss, shadersLeft }) => {
    if (shadersLeft !== undefined) return line(name, 0, [`gets the GPU ready, ${shadersLeft} to go`]);
    const left = stepsPerSecond > 0 ? `${duration((totalSteps - step) / stepsPerSecond)} left` : "";
    const rate = stepsPerSecond > 0 ? `${stepsPerSecond.toPrecision(2)} steps/s` : "";
    const details = [`${step}/${totalSteps}`, left, rate, loss === undefined ? "" : `loss ${loss.toFixed(4)}`];
    return line(name, step / totalSteps, details.filter(Boolean));
  });
  const overall = (finished + sum(active.map(({ step, totalSteps }) => step / totalSteps))) / jobs;
  const left = since && secondsLeft(progress, since);
  const details = [percent(overall), left === undefined ? "" : `${duration(left)} left`];
  return [...lines, line(`${finished} of ${jobs} jobs`, overall, details.filter(Boolean))];
}

/** Taking all trainings for equally long: what is left of them, at the speed since the first began. Undefined where too little is done to tell. */
function secondsLeft({ jobs, finished, active, seconds }: RunProgress, since: { seconds: number; finished: number }) {
  const part = (job: ActiveJob, upTo: number) => (upTo - job.from) / job.totalSteps;
  const done = finished - since.finished + sum(active.map((job) => part(job, job.step)));
  const left = jobs - finished - sum(active.map((job) => job.step / job.totalSteps));
  return done > 0.02 ? ((seconds - since.seconds) / done) * left : undefined;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function percent(share: number): string {
  return `${Math.floor(100 * share)} %`;
}
