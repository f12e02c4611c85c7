import type { JobId, RunEvent } from "@em-stellar/core";
import type { OpenRun } from "./open-run.js";
import { runJob } from "./run-job.js";

/** Decides where jobs run. It never knows what a job does. */
export type Executor = (run: OpenRun, jobs: readonly JobId[]) => AsyncIterable<RunEvent>;

/** Runs the jobs one after another in this process. */
export const inProcess: Executor = async function* (run, jobs) {
  for (const job of jobs) yield* runJob(run, job);
};
