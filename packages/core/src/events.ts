import type { HistoryPoint, Results, RunResult } from "./results.js";

/** A job is one method trained on one fold from one seed. */
export interface JobId {
  readonly method: string;
  readonly fold: number;
  readonly seed: number;
}

/** What a run tells while it goes on. The runner prints nothing: a terminal, a page or a log draws from these. */
export type RunEvent =
  | {
      type: "run-started";
      suite: string;
      jobs: readonly JobId[];
      finishedBefore: number;
      location: string;
      device: string;
    }
  | { type: "job-started"; job: JobId; step: number; totalSteps: number }
  | { type: "job-warming-up"; job: JobId; left: number }
  | { type: "step"; job: JobId; step: number; totalSteps: number; loss: number; stepsPerSecond: number }
  | { type: "validation"; job: JobId; totalSteps: number; point: HistoryPoint }
  | { type: "checkpoint"; job: JobId; criterion: string; step: number; value: number }
  | { type: "job-finished"; job: JobId; result: RunResult }
  | { type: "job-failed"; job: JobId; step: number; message: string }
  | { type: "ensemble-finished"; method: string; result: RunResult }
  | { type: "warning"; code: string; message: string; job?: JobId }
  | { type: "run-finished"; results: Results; location: string };

/** `unet-bn/fold-0/seed-1`: the job's folder under `jobs/` and its name in messages. */
export function jobPath({ method, fold, seed }: JobId): string {
  return `${method}/fold-${fold}/seed-${seed}`;
}
