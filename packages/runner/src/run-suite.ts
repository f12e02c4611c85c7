import { type Executor, type JobId, jobPath, type RunEvent } from "@em-stellar/core";
import { collectResults } from "./collect-results.js";
import { estimateWork } from "./estimate-work.js";
import { inProcess } from "./in-process.js";
import { stateOf } from "./job-record.js";
import { describeRun, type OpenRun, planRun, type RunOptions } from "./open-run.js";
import type { Plan } from "./plan.js";
import { plannedRun, type Workplace } from "./planned-run.js";
import { requireMemory } from "./require-memory.js";
import { requireTrainable } from "./require-trainable.js";
import { type Settled, settleJobs } from "./settle-jobs.js";
import type { Suite } from "./suite.js";

export interface RunSuiteOptions extends RunOptions, Workplace {
  /** Where the jobs run; by default the suite's, or in this process where it names none. */
  readonly executor?: Executor;
  /** Runs only these jobs; by default all. */
  readonly select?: (job: JobId) => boolean;
  /** Lets trainings that have made fewer steps than the suite says go on; they are refused, as other changes are, where absent. */
  readonly longer?: boolean;
  /** What the program needs to open the run again from its folder, as JSON: kept in `plan.json`. */
  readonly opening?: Plan["opening"];
}

/**
 * Runs a suite and tells what happens, event by event; the last one carries the results. Everything is kept in the store,
 * so running again continues: finished jobs are not repeated, and those that failed come last. Throws `InputError` before any
 * training where the data or the folder cannot be used or a network does not fit into memory, `LockedError` where another process is at work in the folder, and
 * the reason of `signal` where that is aborted: then workers have ended and locks are given back.
 */
export async function* runSuite(suite: Suite, options: RunSuiteOptions): AsyncGenerator<RunEvent> {
  const release = await options.store.lock?.("writer.lock");
  try {
    for await (const event of runAlone(suite, options)) {
      yield event;
      if (event.type !== "run-finished") options.signal?.throwIfAborted();
    }
  } finally {
    await release?.();
  }
}

async function* runAlone(suite: Suite, options: RunSuiteOptions): AsyncGenerator<RunEvent> {
  const { executor = suite.executor ?? inProcess(), select = () => true } = options;
  const { run, held, damages } = await planSuite(suite, options, select);
  const { store, device } = run;

  const states = await Promise.all(run.jobs.map((job) => (held.has(jobPath(job)) ? stateOf(run, job) : undefined)));
  const { location } = store;
  yield {
    type: "run-started",
    suite: suite.name,
    jobs: run.jobs,
    finishedBefore: states.filter((state) => state === "done").length,
    location,
    device: device.description,
  };
  for (const warning of run.plan.warnings) yield { type: "warning", ...warning };
  for (const damage of damages) yield { type: "warning", code: "damaged-file", ...damage };

  const work = estimateWork(run, run.jobs);
  yield {
    type: "work-estimated",
    jobs: run.jobs.map((job, i) => ({ job, work: work[i] as number, finished: states[i] === "done" })), // one for each
  };

  const failed = (_: JobId, i: number) => states[i] === "failed";
  const order = [...run.jobs.filter((job, i) => !failed(job, i)), ...run.jobs.filter(failed)];
  yield* executor.run(plannedRun(run, options), order);

  yield* collectResults(run);
}

/** A run that has been laid out, and what an earlier start has left of it. */
export interface PlannedSuite extends Settled {
  readonly run: OpenRun;
}

/**
 * Plans a suite, or plans it anew where some of its jobs are done, and writes into the store all that a job needs; jobs whose
 * files are damaged are forgotten. Whoever calls it holds the store's `writer.lock`. Throws `InputError` where the data or the
 * store cannot be used.
 */
export async function planSuite(
  suite: Suite,
  options: RunSuiteOptions,
  select: (job: JobId) => boolean = () => true,
): Promise<PlannedSuite> {
  const planned = await planRun(suite, options, options.opening);
  requireTrainable(planned.methods, planned.train[0]?.channels ?? 1);
  const run: OpenRun = { ...planned, jobs: planned.jobs.filter(select) };
  await requireMemory(run);
  const { held, damages } = await settleJobs(run, options);
  await describeRun(run);
  return { run, held, damages };
}
