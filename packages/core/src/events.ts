import type { JobId } from "./job-id.js";
import type { HistoryPoint, Results, RunResult } from "./results.js";
import type { Warning } from "./warning.js";

/**
 * Why a job failed: its loss was no number any more, its device could not go on, its process ended, another process was at
 * work on it, or something else, which starting again will hardly mend.
 */
export type FailureCause = "loss" | "device" | "process" | "locked" | "error";

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
  | {
      /** How much each job has to do beside the others, in any unit; 0 where it takes no time worth telling. */
      type: "work-estimated";
      jobs: readonly { readonly job: JobId; readonly work: number; readonly finished: boolean }[];
    }
  | {
      /** Jobs were given to a queue; `id` is what the queue calls them. */
      type: "jobs-submitted";
      jobs: number;
      engine: string;
      id: string;
    }
  /** Where `minutes` end the training, `totalSteps` is what can be expected by then, from here on in every event. */
  | { type: "job-started"; job: JobId; step: number; totalSteps: number; minutes?: number }
  | { type: "job-warming-up"; job: JobId; left: number }
  | { type: "step"; job: JobId; step: number; totalSteps: number; loss: number; stepsPerSecond: number }
  | { type: "validation"; job: JobId; totalSteps: number; point: HistoryPoint }
  | { type: "checkpoint"; job: JobId; criterion: string; step: number; value: number }
  | { type: "job-finished"; job: JobId; result: RunResult }
  | { type: "job-failed"; job: JobId; step: number; message: string; cause: FailureCause }
  | { type: "ensemble-finished"; method: string; result: RunResult }
  | ({ type: "warning" } & Warning)
  | { type: "run-finished"; results: Results; location: string };
