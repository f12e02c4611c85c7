import { type JobDoor, LockedError, type PlannedRun } from "@em-stellar/core";
import { resultOf, stateOf } from "./job-record.js";
import type { OpenRun } from "./open-run.js";
import { runJob } from "./run-job.js";

/** What an executor may know of a run. */
export interface Workplace {
  /** Workers that make good use of the device; by default 1. */
  readonly workers?: number;
  /** How other processes do jobs; absent where they cannot. */
  readonly door?: JobDoor;
}

/** Seconds for which a job that another process has is waited for: the worker of a run that was killed needs a moment to end. */
const patience = 3;

/** A run as an executor sees it. */
export function plannedRun(run: OpenRun, { workers = 1, door }: Workplace): PlannedRun {
  const floors = new Set(run.methods.filter(({ kind }) => kind === "baseline").map(({ name }) => name));
  return {
    location: run.store.location,
    workers,
    ...(door && { door }),
    ...(run.signal && { signal: run.signal }),
    stateOf: (job) => stateOf(run, job),
    resultOf: (job) => resultOf(run, job),
    isFloor: ({ method }) => floors.has(method),
    async *run(job) {
      try {
        yield* runJob(run, job, patience);
      } catch (error) {
        if (!(error instanceof LockedError)) throw error;
        yield { type: "job-failed", job, step: 0, message: error.message, cause: "locked" };
      }
    },
  };
}
