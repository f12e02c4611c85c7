import {
  InputError,
  type JobId,
  type RunEvent,
  type RunResult,
  readJson,
  type Warning,
  writeJson,
} from "@em-stellar/core";
import { fitBaseline } from "./fit-baseline.js";
import type { Method } from "./method.js";
import { componentsOf, jobFolder, methodOf, type OpenRun } from "./open-run.js";
import { TrainingFailure, trainNetwork } from "./training/train-network.js";

/** What a finished job leaves in `metrics.json`. */
export interface JobRecord {
  readonly result: RunResult;
  readonly warnings: readonly Warning[];
}

/** The record of a job that finished or failed, or undefined where it did neither. */
export async function readJob(run: OpenRun, job: JobId): Promise<JobRecord | undefined> {
  return (await readJson(run.store, `${jobFolder(job)}/metrics.json`)) as JobRecord | undefined; // written by runJob alone
}

/** Whether there is nothing left to do: a failed job is tried again, from its last validation. */
export async function isDone(run: OpenRun, job: JobId): Promise<boolean> {
  return (await readJob(run, job))?.result.state === "done";
}

/**
 * Does one job and leaves everything in its folder of the run store. A finished job is not repeated; one that was
 * interrupted or failed continues. A training that fails ends in a `job-failed` event and a failed result, not in an
 * exception.
 */
export async function* runJob(run: OpenRun, job: JobId): AsyncGenerator<RunEvent> {
  await requireSameJob(run, job);
  if (await isDone(run, job)) return;
  await writeJson(run.store, jobFile(job), describeJob(run, job, methodOf(run, job)));
  const method = methodOf(run, job);
  try {
    const record: JobRecord =
      method.kind === "network"
        ? yield* trainNetwork(run, job, method)
        : { result: await fitBaseline(run, job, method), warnings: [] };
    await writeJson(run.store, `${jobFolder(job)}/metrics.json`, record);
    await run.store.remove(`${jobFolder(job)}/last`);
    yield { type: "job-finished", job, result: record.result };
  } catch (error) {
    if (!(error instanceof TrainingFailure)) throw error;
    const { step, message } = error;
    const record: JobRecord = {
      result: failedResult(job, step, message),
      warnings: [{ code: "job-failed", message }],
    };
    await writeJson(run.store, `${jobFolder(job)}/metrics.json`, record);
    yield { type: "job-failed", job, step, message };
  }
}

function failedResult({ fold, seed }: JobId, steps: number, failure: string): RunResult {
  return {
    fold,
    seed,
    state: "failed",
    failure,
    threshold: 0.5,
    steps,
    seconds: 0,
    validation: {},
    pooled: {},
    perImage: [],
    history: [],
    predictions: "",
  };
}

/**
 * Throws `InputError` where the store holds this job from an earlier run of a changed suite: mixing the two would give
 * numbers of neither.
 */
export async function requireSameJob(run: OpenRun, job: JobId): Promise<void> {
  const description = describeJob(run, job, methodOf(run, job));
  const earlier = (await readJson(run.store, jobFile(job))) as typeof description | undefined; // written by runJob alone
  if (!earlier) return;
  for (const [key, value] of Object.entries(description)) {
    const before = JSON.stringify(earlier[key as keyof typeof description]);
    if (before !== JSON.stringify(value)) {
      throw new InputError(
        `${run.store.location} holds a run of "${job.method}" with other ${key}: ${shorten(before)} there, ${shorten(JSON.stringify(value))} in this suite. Choose another output folder, or start afresh in this one.`,
      );
    }
  }
}

function jobFile(job: JobId): string {
  return `${jobFolder(job)}/job.json`;
}

/** Everything that a job's outcome depends on. */
function describeJob(run: OpenRun, { fold, seed }: JobId, method: Method) {
  const { suite, folds, train, dataHash } = run;
  const ids = (indices: readonly number[] = []) => indices.map((i) => train[i]?.id ?? "");
  return {
    components: componentsOf(run, method).map(({ kind, id, options }) => ({ kind, id, options })),
    metrics: suite.metrics.map(({ id, options }) => ({ id, options })),
    rankBy: suite.rankBy,
    seed,
    data: dataHash,
    split: { train: ids(folds[fold]?.train), validation: ids(folds[fold]?.validation) },
    ...(method.kind === "network" && { training: suite.training, augmentation: suite.augmentation }),
  };
}

function shorten(text = "nothing"): string {
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
