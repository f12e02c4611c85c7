import {
  type JobId,
  jobPath,
  type MethodResult,
  type RunEvent,
  type Warning,
  writeJson,
  writeText,
} from "@em-stellar/core";
import { assembleResults, methodResult, resultsCsv } from "./assemble-results.js";
import { combineModels } from "./combine-models.js";
import { type Executor, inProcess } from "./executor.js";
import type { Method } from "./method.js";
import { describeRun, type OpenRun, openRun, type RunOptions } from "./open-run.js";
import { readJob, requireSameJob } from "./run-job.js";
import type { Suite } from "./suite.js";
import { networkCost } from "./training/network-cost.js";

export interface RunSuiteOptions extends RunOptions {
  /** Where the jobs run; in this process where absent. */
  readonly executor?: Executor;
  /** Runs only these jobs; all where absent. */
  readonly select?: (job: JobId) => boolean;
}

/**
 * Runs a suite and tells what happens, event by event; the last one carries the results. Everything is kept in the store,
 * so running again continues: finished jobs are not repeated. Throws `InputError` before any training where the data or
 * the folder cannot be used.
 */
export async function* runSuite(suite: Suite, options: RunSuiteOptions): AsyncGenerator<RunEvent> {
  const { executor = inProcess, select = () => true } = options;
  const opened = await openRun(suite, options);
  const run: OpenRun = { ...opened, jobs: opened.jobs.filter(select) };
  const { store, device } = run;
  for (const job of run.jobs) await requireSameJob(run, job);
  await describeRun(run);

  const records = await Promise.all(run.jobs.map((job) => readJob(run, job)));
  const finishedBefore = records.filter((record) => record?.result.state === "done").length;
  const { location } = store;
  yield {
    type: "run-started",
    suite: suite.name,
    jobs: run.jobs,
    finishedBefore,
    location,
    device: device.description,
  };
  for (const warning of run.warnings) yield { type: "warning", ...warning };

  yield* executor(run, run.jobs);

  const { methods, warnings } = await collect(run);
  const networks = methods.filter(({ kind }) => kind === "network");
  const combined: MethodResult[] = [];
  for (const ensemble of suite.ensembles) {
    const result = await combineModels(run, ensemble, networks);
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
    return networkCost(method.network, run.suite.training.patch, run.train[0]?.image.channels ?? 1);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    warnings.push({ code: "not-counted", message: `What ${method.name} costs could not be counted: ${reason}` });
    return {};
  }
}
