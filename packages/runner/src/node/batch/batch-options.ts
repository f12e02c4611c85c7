import { checks, numberWithin, oneOf, texts, wholeNumber } from "@em-stellar/core";

/** Options of every executor that gives jobs to the engine of a cluster. */
export interface BatchOptions {
  /** Processor cores of a task; `null`: what the engine gives by itself. */
  cpus: number | null;
  /** Further arguments of the engine's program that submits, as they are. */
  flags: readonly string[];
  /** Lines of bash before a task: ["module load nodejs"]. */
  setup: readonly string[];
  /** Times that a job is submitted in one start of the run, where its tasks end without a result. */
  attempts: number;
  /** Seconds between two looks at the queue. */
  poll: number;
  /** Seconds for which a job may be neither in the queue nor done, as happens where a shared folder is slow. */
  grace: number;
  /** What becomes of submitted tasks when the run is stopped. */
  onStop: "leave" | "cancel";
}

export const batchDefaults: BatchOptions = {
  cpus: null,
  flags: [],
  setup: [],
  attempts: 3,
  poll: 15,
  grace: 60,
  onStop: "leave",
};

export const batchChecks = checks(
  numberWithin("cpus", { from: 1, orNull: "the cluster's default" }),
  wholeNumber("attempts", { min: 1 }),
  numberWithin("poll", { above: 0, to: 86400 }),
  numberWithin("grace", { from: 0 }),
  texts("flags"),
  texts("setup"),
  oneOf("onStop", ["leave", "cancel"]),
);
