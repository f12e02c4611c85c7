import {
  DamagedFileError,
  EmStellarError,
  encodeText,
  type FailureCause,
  InputError,
  type JobId,
  type RunEvent,
  type RunResult,
  type RunStore,
  readSealed,
  StoreError,
  type Warning,
  writeSealed,
  writeText,
} from "@em-stellar/core";
import { fitBaseline } from "./fit-baseline.js";
import type { Method } from "./method.js";
import { componentsOf, jobFolder, methodOf, type OpenRun, samplesOf } from "./open-run.js";
import { rescored } from "./rescore.js";
import { hashFiles, requireSameFiles } from "./stored-files.js";
import { defaultAugmentation } from "./suite.js";
import { TrainingFailure, trainNetwork } from "./training/train-network.js";
import { defaultTraining } from "./training-options.js";

/** What a finished job leaves in `metrics.json`. */
export interface JobRecord {
  readonly result: RunResult;
  readonly warnings: readonly Warning[];
  /** SHA-256 of each file that an ensemble reads, by path; absent from records of versions before it. */
  readonly files?: Readonly<Record<string, string>>;
  /** Where it was trained; absent from floors, which need no device, and from records of versions before it. */
  readonly device?: { readonly backend: string; readonly description: string };
}

/** The part of a run that holds its files, of which some are read. */
interface ReadableRun {
  readonly store: Pick<RunStore, "location" | "read">;
}

/** The record of a job that finished or failed, or undefined where it did neither. Throws {@link DamagedFileError}. */
export async function readJob({ store }: ReadableRun, job: JobId): Promise<JobRecord | undefined> {
  return (await readSealed(store, recordFile(job))) as JobRecord | undefined; // written by runJob alone
}

/** Whether a job has finished, or failed and is to be tried again. */
export async function stateOf(run: OpenRun, job: JobId): Promise<RunResult["state"] | undefined> {
  return (await resultOf(run, job))?.state;
}

/** The result of a job that finished or failed. A record that is damaged says nothing. */
export async function resultOf(run: ReadableRun, job: JobId): Promise<RunResult | undefined> {
  try {
    return (await readJob(run, job))?.result;
  } catch (error) {
    if (error instanceof DamagedFileError) return undefined;
    throw error;
  }
}

/**
 * Forgets that a job has finished where what it left (its predictions too, with `thorough`) is no longer as it was written,
 * so that it is done again. The reason in a sentence, or undefined where all is well.
 */
export async function forgetDamaged(run: OpenRun, job: JobId, thorough: boolean): Promise<string | undefined> {
  try {
    await readSealed(run.store, jobFile(job));
    const { files } = (await readJob(run, job)) ?? {};
    if (files && thorough) await requireSameFiles(run.store, files);
    return undefined;
  } catch (error) {
    if (!(error instanceof DamagedFileError)) throw error;
    for (const file of [error.path, recordFile(job), jobFile(job), stateFolder(job)]) await run.store.remove(file);
    return `${error.message} This job is done again.`;
  }
}

/**
 * Does one job and leaves everything in its folder of the run store. A finished job is not repeated; one that was
 * interrupted or failed continues. A job that fails, for whatever reason that lies in it, ends in a `job-failed` event and a
 * failed result; what is thrown ends the run: a `StoreError`, a `LockedError`, the `InputError` of another suite's job, or the
 * signal's reason. Where another process has the job, it is waited for so many seconds: `patience`.
 */
export async function* runJob(run: OpenRun, job: JobId, patience = 0): AsyncGenerator<RunEvent> {
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
    const { result, warnings } = yield* attempt(run, job, method);
    const files = {
      ...(await hashFiles(store, result.predictions)),
      ...(result.validationPredictions !== undefined && (await hashFiles(store, result.validationPredictions))),
    };
    const { backend, description } = run.device;
    const device = method.kind === "network" ? { device: { backend, description } } : {};
    await writeSealed(store, recordFile(job), { result, warnings, files, ...device } satisfies JobRecord);
    await store.remove(stateFolder(job));
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

/**
 * Throws `InputError` where the store holds this job from an earlier run of a changed suite: mixing the two would give
 * numbers of neither.
 */
export async function requireSameJob(run: OpenRun, job: JobId): Promise<void> {
  const [change] = await changesOf(run, job);
  if (!change) return;
  const { key, before, now } = change;
  throw new InputError(
    `${run.store.location} holds a run of "${job.method}" with other ${key}: ${shorten(JSON.stringify(before))} there, ${shorten(JSON.stringify(now))} in this suite. Choose another output folder, or start afresh in this one.`,
  );
}

/** What of a job's description is no longer as the store has it; nothing where the store does not hold the job. */
async function changesOf(run: OpenRun, job: JobId) {
  const found = (await readSealed(run.store, jobFile(job))) as JobDescription | undefined; // written by runJob alone
  if (!found) return [];
  const earlier = withDefaults(run, found);
  const description = describeJob(run, job, methodOf(run, job));
  return Object.entries(description).flatMap(([key, now]) => {
    const before = earlier[key as keyof JobDescription];
    return JSON.stringify(before) === JSON.stringify(now) ? [] : [{ key, before, now }];
  });
}

/**
 * Where the suite asks a finished job for other scores or another rule for the threshold, and its training would have been the
 * same: computes them from the maps that it has kept, without training, and says so. A floor is forgotten, to be fitted again.
 * Leaves every other job as it is.
 */
export async function rescoreChanged(run: OpenRun, job: JobId): Promise<"scored" | "forgotten" | undefined> {
  const { store } = run;
  const changes = await changesOf(run, job);
  if (changes.length === 0) return undefined;
  const record = await readJob(run, job);
  const method = methodOf(run, job);
  if (record?.result.state !== "done") return undefined;
  if (method.kind === "baseline") {
    if (!changes.every(({ key }) => key === "metrics" || key === "rankBy")) return undefined;
    for (const file of [recordFile(job), jobFile(job)]) await store.remove(file);
    return "forgotten";
  }
  const found = (await readSealed(store, jobFile(job))) as JobDescription; // it has changes, so it is there
  const before = { ...withDefaults(run, found), changed: changes.map(({ key }) => key) };
  const result = await rescored(run, job, method, record.result, before);
  if (!result) return undefined;
  await writeSealed(store, recordFile(job), { ...record, result } satisfies JobRecord);
  await writeSealed(store, jobFile(job), describeJob(run, job, method));
  return "scored";
}

type JobDescription = ReturnType<typeof describeJob>;

function recordFile(job: JobId): string {
  return `${jobFolder(job)}/metrics.json`;
}

function jobFile(job: JobId): string {
  return `${jobFolder(job)}/job.json`;
}

function stateFolder(job: JobId): string {
  return `${jobFolder(job)}/last`;
}

/** Everything that a job's outcome depends on. */
function describeJob(run: OpenRun, { fold, seed }: JobId, method: Method) {
  const { suite, plan } = run;
  const part = samplesOf(run, fold, method.kind === "network" ? method.images : undefined);
  return {
    components: componentsOf(run, method).map(({ kind, id, options }) => ({ kind, id, options })),
    metrics: suite.metrics.map(({ id, options }) => ({ id, options })),
    rankBy: suite.rankBy,
    seed,
    data: plan.data.hash,
    split: { train: part.train.map(({ id }) => id), validation: part.validation.map(({ id }) => id) },
    ...(method.kind === "network" && { training: method.training, augmentation: suite.augmentation }),
    ...(method.kind === "network" &&
      method.training.initial !== null && { initial: plan.initial?.[method.training.initial] }),
  };
}

/** The description of a job by a version that did not know some options yet: it did what they do by default. */
function withDefaults({ registry }: OpenRun, job: JobDescription): JobDescription {
  const components = job.components.map((component) => {
    const factory = registry.list(component.kind).find(({ id }) => id === component.id);
    return { ...component, options: { ...factory?.defaults, ...component.options } };
  });
  return {
    ...job,
    components,
    ...(job.training && { training: { ...defaultTraining, ...job.training } }),
    ...(job.augmentation && { augmentation: { ...defaultAugmentation, ...job.augmentation } }),
  };
}

function shorten(text = "nothing"): string {
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
