import {
  DamagedFileError,
  EmStellarError,
  type JobId,
  jobPath,
  type MethodResult,
  type RunEvent,
  StoreError,
  type Warning,
  writeSealed,
  writeText,
} from "@em-stellar/core";
import { assembleResults, methodResult } from "./assemble-results.js";
import { combineModels } from "./combine-models.js";
import { type JobRecord, readJob } from "./job-record.js";
import type { Method } from "./method.js";
import type { OpenRun } from "./open-run.js";
import { resultsCsv, transferCsv } from "./results-csv.js";
import { requireSameFiles } from "./stored-files.js";
import { networkCost } from "./training/network-cost.js";

/**
 * Makes the results of a run from the jobs that have finished, ensembles included, and writes `results.json`, `results.csv` and,
 * where the suite transfers to other data, `transfer.csv`. The last event carries them. Jobs that have not finished, or of which a
 * file that is needed is damaged, are named among the warnings, and missing from the scores.
 */
export async function* collectResults(run: OpenRun): AsyncGenerator<RunEvent> {
  const { store } = run;
  const { methods, warnings, devices, damages } = await collectJobs(run);
  for (const damage of damages) yield { type: "warning", ...damage };
  const networks = methods.filter(({ kind, sameAs }) => kind === "network" && sameAs === undefined);
  const combined: MethodResult[] = [];
  for (const ensemble of run.suite.ensembles) {
    let made: MethodResult[] = [];
    try {
      made = await combineModels(run, ensemble, networks);
    } catch (error) {
      run.signal?.throwIfAborted();
      if (!(error instanceof EmStellarError) || error instanceof StoreError) throw error;
      const warning = { code: "ensemble-failed", message: `An ensemble was left out: ${error.message}` };
      warnings.push(warning);
      yield { type: "warning", ...warning };
    }
    for (const result of made) {
      combined.push(result);
      yield { type: "ensemble-finished", method: result.name, result: result.runs[0] as MethodResult["runs"][number] };
    }
  }
  const results = await assembleResults(onDevices(run, devices), [...methods, ...combined], warnings);
  await writeSealed(store, "results.json", results);
  await writeText(store, "results.csv", resultsCsv(results));
  const transfer = transferCsv(results);
  await (transfer === undefined ? store.remove("transfer.csv") : writeText(store, "transfer.csv", transfer));
  yield { type: "run-finished", results, location: store.location };
}

/** What the finished jobs left in the store. */
async function collectJobs(run: OpenRun) {
  const methods: MethodResult[] = [];
  const warnings: Warning[] = [];
  const damages: Warning[] = [];
  const devices: NonNullable<JobRecord["device"]>[] = [];
  const jobs = new Map<string, JobId[]>(run.methods.map(({ name }) => [name, []]));
  for (const job of run.jobs) jobs.get(job.method)?.push(job);
  for (const method of run.methods) {
    const [sameAs, trainedOn] = method.kind === "network" ? [method.sameAs, method.trainedOn] : [];
    if (sameAs !== undefined && trainedOn !== undefined) continue; // its twin on the suite's own data has said so
    if (sameAs !== undefined) {
      const twin = methods.find(({ name }) => name === sameAs);
      if (!twin) continue;
      methods.push(twinOf(run, method.name, twin));
      warnings.push({
        code: "same-training",
        message: `${sameAs} and ${method.name} are one training: it was done once, and its scores stand under both names.`,
      });
      continue;
    }
    const runs = [];
    for (const job of jobs.get(method.name) ?? []) {
      const record = await wholeRecord(run, job);
      if (record instanceof DamagedFileError) {
        const message = `${record.message} ${jobPath(job)} is missing from the scores. Run the suite again: this job is done again.`;
        damages.push({ code: "damaged-file", message, job });
        continue;
      }
      if (!record) {
        const message = `${jobPath(job)} did not finish, and is missing from the scores. Run the suite again to continue it.`;
        warnings.push({ code: "job-unfinished", message, job });
        continue;
      }
      if (trainedOn !== undefined) continue; // it stands in the table of transfer, not in the ranking
      runs.push(record.result);
      if (record.device && record.result.state === "done") devices.push(record.device);
      warnings.push(
        ...record.warnings.map(({ code, message }) => ({ code, message: `${jobPath(job)}: ${message}`, job })),
      );
    }
    if (runs.length === 0) continue;
    methods.push(methodResult(run, method.name, runs, costOf(run, method, warnings)));
  }
  const mixed = warnOfDevices(devices);
  return { methods, warnings: [...damages, ...warnings, ...(mixed ? [mixed] : [])], devices, damages };
}

/** The result of a method that is another one under a second name. */
function twinOf(
  run: OpenRun,
  name: string,
  { runs, parameters, complexity, name: sameAs }: MethodResult,
): MethodResult {
  const cost = { ...(parameters && { parameters }), ...(complexity && { complexity }) };
  return { ...methodResult(run, name, runs, cost), sameAs };
}

/** The record of a job, as `readJob` gives it; or which of the files is damaged that results are made from. */
async function wholeRecord(run: OpenRun, job: JobId): Promise<JobRecord | DamagedFileError | undefined> {
  try {
    const record = await readJob(run, job);
    if (record?.files && run.suite.ensembles.length > 0) await requireSameFiles(run.store, record.files);
    return record;
  } catch (error) {
    if (error instanceof DamagedFileError) return error;
    throw error;
  }
}

/** The run with the devices that its jobs were trained on, rather than the one of the program that collects. */
function onDevices(run: OpenRun, devices: readonly NonNullable<JobRecord["device"]>[]): OpenRun {
  if (devices.length === 0) return run;
  const distinct = (of: "backend" | "description") =>
    [...new Set(devices.map((device) => device[of]))].sort().join(", ");
  return { ...run, device: { ...run.device, backend: distinct("backend"), description: distinct("description") } };
}

/** Scores of trainings on different devices differ in their last digits, and by more where precisions differ. */
function warnOfDevices(devices: readonly NonNullable<JobRecord["device"]>[]): Warning | undefined {
  const counts = new Map<string, number>();
  for (const { backend, description } of devices) {
    const name = description.startsWith(backend) ? description : `${backend} (${description})`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  if (counts.size < 2) return undefined;
  const list = [...counts].sort().map(([name, jobs]) => `${name}: ${jobs}`);
  return {
    code: "different-devices",
    message: `The networks were trained on different devices (${list.join("; ")}). Some of the differences between them may be due to this.`,
  };
}

/** What the method's network costs; a network that cannot be counted after all costs a warning, not the results of the others. */
function costOf(run: OpenRun, method: Method, warnings: Warning[]) {
  if (method.kind !== "network") return {};
  try {
    return networkCost(method.network, method.training.patch, run.train[0]?.channels ?? 1);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    warnings.push({ code: "not-counted", message: `What ${method.name} costs could not be counted: ${reason}` });
    return {};
  }
}
