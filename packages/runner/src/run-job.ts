import {
  DamagedFileError,
  EmStellarError,
  encodeText,
  type FailureCause,
  type JobId,
  type RunEvent,
  type RunResult,
  type RunStore,
  StoreError,
  writeSealed,
  writeText,
} from "@em-stellar/core";
import { fitBaseline } from "./fit-baseline.js";
import { describeJob, requireSameJob } from "./job-description.js";
import { forgetDamaged, type JobRecord, jobFile, recordFile, stateFolder, stateOf } from "./job-record.js";
import type { Method } from "./method.js";
import { jobFolder, methodOf, type OpenRun, runOfJob } from "./open-run.js";
import { hashFiles } from "./stored-files.js";
import { TrainingFailure } from "./training/losses.js";
import { trainNetwork } from "./training/train-network.js";
import { elsewhereFolder } from "./transfer/elsewhere.js";

/**
 * Does one job and leaves everything in its folder of the run store. A finished job is not repeated; one that was
 * interrupted or failed continues. A job that fails, for whatever reason that lies in it, ends in a `job-failed` event and a
 * failed result; what is thrown ends the run: a `StoreError`, a `LockedError`, the `InputError` of another suite's job, or the
 * signal's reason. Where another process has the job, it is waited for so many seconds: `patience`.
 */
export async function* runJob(given: OpenRun, job: JobId, patience = 0): AsyncGenerator<RunEvent> {
  const run = runOfJob(given, job);
  const release = await run.store.lock?.(`${jobFolder(job)}/writer.lock`, patience);
  try {
    for await (const event of work(run, job)) {
      await log(run.store, job, event);
      yield event;
      if (event.type !== "step") run.signal?.throwIfAborted(); // a training saves itself between two of its steps
    }
  } finally {
    await release?.();
  }
}

async function* work(run: OpenRun, job: JobId): AsyncGenerator<RunEvent> {
  const { store } = run;
  const damage = await forgetDamaged(run, job, false); // its predictions were looked at when the run started
  if (damage) yield { type: "warning", job, code: "damaged-file", message: damage };
  await requireSameJob(run, job);
  if ((await stateOf(run, job)) === "done") return;
  const method = methodOf(run, job);
  await writeSealed(store, jobFile(job), describeJob(run, job, method));
  try {
    const { result, warnings, elsewhere } = yield* attempt(run, job, method);
    const files = {
      ...(await hashFiles(store, result.predictions)),
      ...(elsewhere && (await hashFiles(store, elsewhereFolder(job)))),
      ...(result.validationPredictions !== undefined && (await hashFiles(store, result.validationPredictions))),
    };
    const { backend, description } = run.device;
    const device = method.kind === "network" ? { device: { backend, description } } : {};
    await writeSealed(store, recordFile(job), {
      result,
      warnings,
      files,
      ...(elsewhere && { elsewhere }),
      ...device,
    } satisfies JobRecord);
    yield { type: "job-finished", job, result };
  } catch (error) {
    run.signal?.throwIfAborted(); // then that is why: the job goes on another time
    if (error instanceof StoreError) throw error;
    const { step, message, cause } = await explain(run, job, error);
    const record: JobRecord = {
      result: failedResult(job, step, message),
      warnings: [{ code: "job-failed", message }],
    };
    await writeSealed(store, recordFile(job), record);
    yield { type: "job-failed", job, step, message, cause };
  }
}

/** Trains or fits. Where the state to continue from, or a checkpoint, is damaged, the job starts again from nothing, once. */
async function* attempt(run: OpenRun, job: JobId, method: Method): AsyncGenerator<RunEvent, JobRecord> {
  if (method.kind === "baseline") return { result: await fitBaseline(run, job, method), warnings: [] };
  try {
    return yield* trainNetwork(run, job, method);
  } catch (error) {
    if (!(error instanceof DamagedFileError)) throw error;
    for (const file of [error.path, stateFolder(job)]) await run.store.remove(file);
    const message = `${error.message} This training starts again from its first step.`;
    yield { type: "warning", job, code: "damaged-file", message };
    return yield* trainNetwork(run, job, method);
  }
}

/** What to say of an error that ended a job. One that nobody foresaw leaves its trace in the job's folder. */
async function explain(
  { store }: OpenRun,
  job: JobId,
  error: unknown,
): Promise<{ step: number; message: string; cause: FailureCause }> {
  if (error instanceof TrainingFailure) return error;
  if (error instanceof EmStellarError) return { step: 0, message: error.message, cause: "error" };
  const file = `${jobFolder(job)}/error.txt`;
  await writeText(store, file, `${error instanceof Error ? error.stack : String(error)}\n`);
  const what = isOfMemory(error)
    ? `it needs more memory than this machine has. Make the network narrower by its options, or the patch or the batch smaller. ${error.message}`
    : error instanceof Error
      ? `${error.name}: ${error.message}`
      : String(error);
  return { step: 0, message: `${what} (where it arose: ${store.location}/${file})`, cause: "error" };
}

/** Whether JavaScript could not make an array so large. */
function isOfMemory(error: unknown): error is RangeError {
  return error instanceof RangeError && /array length|array buffer/i.test(error.message); // V8, JavaScriptCore, SpiderMonkey
}

/** Each event as a line of JSON, with its time. */
async function log(store: RunStore, job: JobId, event: RunEvent): Promise<void> {
  const line = `${JSON.stringify({ time: new Date().toISOString(), ...event })}\n`;
  await store.append?.(`${jobFolder(job)}/events.jsonl`, encodeText(line));
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
