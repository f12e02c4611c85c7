import { type JobId, jobPath, type RunResult, readSealed, writeSealed } from "@em-stellar/core";
import { describeJob, type JobDescription, storedDescription } from "./job-description.js";
import type { JobRecord } from "./job-record.js";
import { jobFolder, methodOf, type OpenRun, runOfJob } from "./open-run.js";
import { copyFiles } from "./stored-files.js";

/** The jobs that a store holds, by their paths under `jobs/`. */
export async function heldJobs({ store }: Pick<OpenRun, "store">): Promise<Set<string>> {
  const jobs = (await store.list("jobs")).flatMap(
    (path) => /^jobs\/([^/]+\/fold-\d+\/seed--?\d+)\//.exec(path)?.[1] ?? [],
  );
  return new Set(jobs);
}

/**
 * Takes over what an earlier suite left of trainings that this one has under other names: a method is called by what a suite
 * compares, so that `unet` becomes `unet+dice` when a second loss comes. Moves their folders, and adds them to `held`.
 */
export async function takeOver(run: OpenRun, held: Set<string>): Promise<void> {
  const planned = new Set(run.jobs.map(jobPath));
  const strangers = [...held].filter((path) => !planned.has(path));
  if (strangers.length === 0) return;
  const found = new Map<string, string>();
  for (const path of strangers) {
    const description = await storedDescription(run, `jobs/${path}/job.json`).catch(() => undefined); // damaged: nothing to take
    if (description) found.set(trainingOf(description), path);
  }
  for (const job of run.jobs) {
    const path = jobPath(job);
    if (held.has(path)) continue;
    const key = trainingOf(describeJob(runOfJob(run, job), job, methodOf(run, job)));
    const old = found.get(key);
    if (old === undefined) continue;
    await move(run, `jobs/${old}`, job);
    found.delete(key);
    held.delete(old);
    held.add(path);
  }
}

/** What a job computes, whatever is asked of it afterwards, and however long it is. */
function trainingOf({ metrics: _, rankBy: _by, elsewhere: _there, training, ...rest }: JobDescription): string {
  const { steps: _steps, threshold: _threshold, checkpoints: _checkpoints, ...lasting } = training ?? {};
  return JSON.stringify({ ...rest, training: lasting });
}

/** Moves a job's folder, its result last: until then, the job is one that has not finished. */
async function move({ store }: OpenRun, from: string, job: JobId): Promise<void> {
  const to = jobFolder(job);
  const moved = (path: string) => (path.startsWith(`${from}/`) ? `${to}${path.slice(from.length)}` : path);
  const release = await store.lock?.(`${from}/writer.lock`);
  try {
    const [description, result] = [`${from}/job.json`, `${from}/metrics.json`];
    const isOther = (path: string) => !path.endsWith(".lock") && path !== description && path !== result;
    const files = (await store.list(from)).filter(isOther);
    await copyFiles(store, from, to, [...files, description]);
    const record = (await readSealed(store, result)) as JobRecord | undefined; // written by runJob alone
    if (record) await writeSealed(store, `${to}/metrics.json`, elsewhere(record, moved));
  } finally {
    await release?.();
  }
  await store.remove(from);
}

/** A record whose paths are other ones. */
function elsewhere({ result, files, ...record }: JobRecord, moved: (path: string) => string): JobRecord {
  const { predictions, validationPredictions } = result;
  const there: RunResult = {
    ...result,
    predictions: moved(`${predictions}/`).slice(0, -1),
    ...(validationPredictions !== undefined && {
      validationPredictions: moved(`${validationPredictions}/`).slice(0, -1),
    }),
  };
  return {
    result: there,
    ...record,
    ...(files && { files: Object.fromEntries(Object.entries(files).map(([path, hash]) => [moved(path), hash])) }),
  };
}
