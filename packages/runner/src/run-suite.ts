import {
  EmStellarError,
  type Executor,
  type JobId,
  jobPath,
  type MethodResult,
  type RunEvent,
  StoreError,
  type Warning,
  writeJson,
  writeText,
} from "@em-stellar/core";
import { assembleResults, methodResult, resultsCsv } from "./assemble-results.js";
import { combineModels } from "./combine-models.js";
import { estimateWork } from "./estimate-work.js";
import { inProcess } from "./in-process.js";
import type { Method } from "./method.js";
import { describeRun, type OpenRun, planRun, type RunOptions } from "./open-run.js";
import type { Plan } from "./plan.js";
import { plannedRun, type Workplace } from "./planned-run.js";
import { forgetDamaged, readJob, requireSameJob, stateOf } from "./run-job.js";
import type { Suite } from "./suite.js";
import { networkCost } from "./training/network-cost.js";

export interface RunSuiteOptions extends RunOptions, Workplace {
  /** Where the jobs run; the suite's where absent, or in this process where it names none. */
  readonly executor?: Executor;
  /** Runs only these jobs; all where absent. */
  readonly select?: (job: JobId) => boolean;
  /** What the program needs to open the run again from its folder, as JSON: kept in `plan.json`. */
  readonly opening?: Plan["opening"];
}

/**
 * Runs a suite and tells what happens, event by event; the last one carries the results. Everything is kept in the store,
 * so running again continues: finished jobs are not repeated, and those that failed come last. Throws `InputError` before any
 * training where the data or the folder cannot be used, `LockedError` where another process is at work in the folder, and
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
  const opened = await planRun(suite, options, options.opening);
  const run: OpenRun = { ...opened, jobs: opened.jobs.filter(select) };
  const { store, device } = run;
  const damages: { job: JobId; message: string }[] = [];
  for (const job of run.jobs) {
    const message = await forgetDamaged(run, job, true);
    if (message) damages.push({ job, message });
    await requireSameJob(run, job);
  }
  await describeRun(run);

  const states = await Promise.all(run.jobs.map((job) => stateOf(run, job)));
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

  const failed = run.jobs.filter((_, i) => states[i] === "failed");
  const order = [...run.jobs.filter((job) => !failed.includes(job)), ...failed];
  yield* executor.run(plannedRun(run, options), order);

  const { methods, warnings } = await collect(run);
  const networks = methods.filter(({ kind }) => kind === "network");
  const combined: MethodResult[] = [];
  for (const ensemble of suite.ensembles) {
    let result: MethodResult | undefined;
    try {
      result = await combineModels(run, ensemble, networks);
    } catch (error) {
      run.signal?.throwIfAborted();
      if (!(error instanceof EmStellarError) || error instanceof StoreError) throw error;
      const warning = { code: "ensemble-failed", message: `An ensemble was left out: ${error.message}` };
      warnings.push(warning);
      yield { type: "warning", ...warning };
    }
    if (!result) continue;
    combined.push(result);
    yield { type: "ensemble-finished", method: result.name, result: result.runs[0] as MethodResult["runs"][number] };
  }
  const results = await assembleResults(run, [...methods, ...combined], warnings);
  await writeJson(store, "results.json", results);
  await writeText(store, "results.csv", resultsCsv(results));
  yield { type: "run-finished", results, location };
}

/** What the finished jobs left in the store. */
async function collect(run: OpenRun) {
  const methods: MethodResult[] = [];
  const warnings: Warning[] = [];
  for (const method of run.methods) {
    const runs = [];
    for (const job of run.jobs.filter((candidate) => candidate.method === method.name)) {
      const record = await readJob(run, job);
      if (!record) {
        const message = `${jobPath(job)} did not finish, and is missing from the scores. Run the suite again to continue it.`;
        warnings.push({ code: "job-unfinished", message, job });
        continue;
      }
      runs.push(record.result);
      warnings.push(
        ...record.warnings.map(({ code, message }) => ({ code, message: `${jobPath(job)}: ${message}`, job })),
      );
    }
    if (runs.length === 0) continue;
    methods.push(methodResult(run, method.name, runs, costOf(run, method, warnings)));
  }
  return { methods, warnings };
}

/** What the method's network costs; a network that cannot be counted after all costs a warning, not the results of the others. */
function costOf(run: OpenRun, method: Method, warnings: Warning[]) {
  if (method.kind !== "network") return {};
  try {
    return networkCost(method.network, run.suite.training.patch, run.train[0]?.channels ?? 1);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    warnings.push({ code: "not-counted", message: `What ${method.name} costs could not be counted: ${reason}` });
    return {};
  }
}
