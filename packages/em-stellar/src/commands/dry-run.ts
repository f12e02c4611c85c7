import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { type JobId, jobPath } from "@em-stellar/core";
import type { Device } from "@em-stellar/core/training";
import { shown } from "@em-stellar/data/node";
import { type OpenRun, planRun, resultOf, scratchStore, settleJobs, stepOf } from "@em-stellar/runner";
import { folderReader } from "@em-stellar/runner/node";
import { deviceElsewhere } from "../device-elsewhere.js";
import { cacheOf } from "../environment.js";
import { openInitialFrom } from "../open-initial.js";
import { backendOf } from "../start-device.js";
import type { LoadedSuite } from "../suite-file.js";
import { count } from "../terminal/format.js";
import { interruptible } from "../terminal/interruptible.js";
import type { Terminal } from "../terminal/terminal.js";
import { textTable } from "../terminal/text-table.js";
import { type BenchmarkOptions, executorOf, longerSuite } from "./benchmark.js";
import { type OpenJob, printEstimate } from "./estimate.js";
import { printData } from "./print-data.js";

/**
 * `em-stellar run SUITE --dry-run`: looks through the data and says which jobs there are, what of them is done in the run
 * folder, and how long the others take, from a trial of a few steps. Writes nothing.
 */
export async function dryRun(given: LoadedSuite, options: BenchmarkOptions, terminal: Terminal): Promise<void> {
  const loaded = longerSuite(given, options);
  const executor = executorOf(options, loaded);
  const backend = backendOf({ backend: loaded.suite.backend, ...options }, loaded.registry);
  const work = async (signal: AbortSignal) => {
    const device = executor.elsewhere ? deviceElsewhere(backend) : await backend.start();
    try {
      const run = await lookInto(loaded, device, options, terminal);
      signal.throwIfAborted();
      const left = await unfinished(run, options);
      printJobs(run, left, terminal);
      if (left.length === 0 || executor.elsewhere) return;
      const workers =
        executor.id === "in-process" ? 1 : (options.workers ?? device.workers?.length ?? availableParallelism());
      await printEstimate(loaded, run, left, device, workers, terminal, signal);
    } finally {
      await device.dispose();
    }
  };
  await interruptible({ stopped: "! Stopped. Nothing was written.", work }, terminal);
}

/** Plans the run without writing, and says what was read. */
async function lookInto(
  { suite, registry, folder }: LoadedSuite,
  device: Device,
  { out, cache }: BenchmarkOptions,
  terminal: Terminal,
): Promise<OpenRun> {
  const store = scratchStore(folderReader(resolve(out))); // reads the run folder, and writes nowhere
  const run = await planRun(suite, {
    ...{ registry, device, folder, store, cacheBytes: cacheOf(1, cache) },
    openInitial: openInitialFrom(folder),
  });
  printData(run, terminal);
  return run;
}

/** The jobs that are still to be done. Throws `InputError` where the folder holds those of another suite. */
async function unfinished(run: OpenRun, { fresh = false, steps }: BenchmarkOptions): Promise<OpenJob[]> {
  if (fresh) return run.jobs.map((job) => ({ ...job, from: 0 }));
  const { held } = await settleJobs(run, { longer: steps !== undefined }); // this run's store keeps nothing
  const left = [];
  for (const job of run.jobs) {
    if (!held.has(jobPath(job))) left.push({ ...job, from: 0 });
    else if ((await resultOf(run, job))?.state !== "done") left.push({ ...job, from: (await stepOf(run, job)) ?? 0 });
  }
  return left;
}

function printJobs(run: OpenRun, left: readonly OpenJob[], terminal: Terminal): void {
  const done = run.jobs.length - left.length;
  terminal.print(
    `${count(run.jobs.length, "job")}${done > 0 ? `, ${done} of them finished in ${shown(run.store.location)}` : ""}:\n`,
  );
  const [all, open] = [perMethod(run.jobs), perMethod(left)];
  const rows = run.methods.map((method) => {
    const { name } = method;
    if (method.kind === "network" && method.sameAs !== undefined) return [name, `the training of ${method.sameAs}`, ""];
    const jobs = all.get(name) ?? 0;
    return [name, String(jobs), String(jobs - (open.get(name) ?? 0))];
  });
  terminal.print(textTable(["method", "jobs", "finished"], rows, rows.length, [0]));
}

function perMethod(jobs: readonly JobId[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { method } of jobs) counts.set(method, (counts.get(method) ?? 0) + 1);
  return counts;
}
