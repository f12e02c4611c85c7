import type { JobId, RunEvent } from "@em-stellar/core";

/** What `processes` tells a worker. */
export interface ToWorker {
  readonly job: JobId;
}

/** What a worker tells: that it has opened the run, each event, that it waits for the next job, or why it cannot go on. */
export type FromWorker =
  | { type: "ready" }
  | { type: "event"; event: RunEvent }
  | { type: "idle" }
  | { type: "error"; message: string; expected: boolean };
