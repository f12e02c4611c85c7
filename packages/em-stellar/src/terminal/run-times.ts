/** A job, and how far it has come. */
export interface JobProgress {
  readonly name: string;
  readonly method: string;
  readonly state: "waiting" | "active" | "ended";
  /** How much it has to do beside others, in any unit; 0 where it takes no time worth telling. */
  readonly work: number;
  /** The step it started from now: more than 0 where it continues. */
  readonly from: number;
  readonly step: number;
  readonly totalSteps: number;
  /** When it started now, and when it was last heard of: seconds since the run began. */
  readonly since: number;
  readonly until: number;
  /** What all of it took, where it has finished now. */
  readonly seconds: number | undefined;
  readonly stepsPerSecond: number;
  readonly loss: number | undefined;
  /** How many shaders are still to be compiled before the first step. */
  readonly shadersLeft: number;
}

/** How much of a run is done, in time, and what is left. */
export interface RunTimes {
  /** From 0 to 1. */
  readonly share: number;
  /** Seconds; undefined where too little is done to tell. Never less than what a single training has left. */
  readonly left: number | undefined;
  /** Of one training. */
  leftOf(job: JobProgress): number | undefined;
}

/**
 * Judges times by work and measured speed. Each method has the speed of its own trainings, as soon as there is one, with
 * validation and all; what has not begun yet has the speed of all others together. `workers` jobs go on side by side.
 */
export function timesOf(jobs: readonly JobProgress[], workers: number): RunTimes {
  const rates = ratesOf(jobs);
  const whole = rates.get(all);
  /** Seconds, or work where nothing is measured. */
  const lengthOf = ({ method, work }: JobProgress) => work * (rates.get(method) ?? whole ?? 1);
  const done = (job: JobProgress) => (job.state === "ended" ? 1 : job.step / job.totalSteps);
  const leftOf = (job: JobProgress) => (whole === undefined ? undefined : lengthOf(job) * (1 - done(job)));
  const total = sum(jobs.map(lengthOf));
  const unfinished = jobs.filter(({ state }) => state !== "ended");
  const share =
    total > 0
      ? sum(jobs.map((job) => lengthOf(job) * done(job))) / total
      : (jobs.length - unfinished.length) / jobs.length;
  if (whole === undefined) return { share, left: undefined, leftOf };
  const lefts = unfinished.map((job) => leftOf(job) ?? 0);
  const together = sum(lefts) / Math.max(1, Math.min(workers, unfinished.length));
  return { share, left: Math.max(0, together, ...lefts), leftOf };
}

/** Stands for all methods together; no method is called so. */
const all = "";

/** Seconds for a unit of work, by method and of all together, where something has been measured. */
function ratesOf(jobs: readonly JobProgress[]): Map<string, number> {
  const measured = new Map<string, { seconds: number; work: number }>();
  for (const job of jobs) {
    const { seconds, share } = measuredOf(job);
    if (job.work === 0 || share === 0 || seconds <= 0) continue;
    for (const key of [job.method, all]) {
      const before = measured.get(key) ?? { seconds: 0, work: 0 };
      measured.set(key, { seconds: before.seconds + seconds, work: before.work + share * job.work });
    }
  }
  return new Map([...measured].map(([key, { seconds, work }]) => [key, seconds / work]));
}

/** How long a job has been at work, and what share of it was done in that time. */
function measuredOf({ seconds, from, step, totalSteps, since, until }: JobProgress) {
  if (seconds !== undefined) return { seconds, share: 1 };
  return { seconds: until - since, share: (step - from) / totalSteps };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
