import {
  DamagedFileError,
  type JobId,
  type RunResult,
  type RunStore,
  readSealed,
  type Warning,
} from "@em-stellar/core";
import { jobFolder, type OpenRun } from "./open-run.js";
import { requireSameFiles } from "./stored-files.js";
import { stateAt } from "./training/job-state.js";
import type { ElsewhereScores } from "./transfer/elsewhere.js";

/** What a finished job leaves in `metrics.json`. */
export interface JobRecord {
  readonly result: RunResult;
  readonly warnings: readonly Warning[];
  /** SHA-256 of each map that ensembles and new scores are made from, by path; absent from records of versions before it. */
  readonly files?: Readonly<Record<string, string>>;
  /** The scores on the test images of the suite's other data, by name; absent where it has none. */
  readonly elsewhere?: Readonly<Record<string, ElsewhereScores>>;
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

/** The step that a job's training has been saved at; undefined where none was. */
export async function stepOf({ store }: ReadableRun, job: JobId): Promise<number | undefined> {
  return (await stateAt(store, stateFile(job)))?.step;
}

export function recordFile(job: JobId): string {
  return `${jobFolder(job)}/metrics.json`;
}

export function jobFile(job: JobId): string {
  return `${jobFolder(job)}/job.json`;
}

export function stateFolder(job: JobId): string {
  return `${jobFolder(job)}/last`;
}

export function stateFile(job: JobId): string {
  return `${stateFolder(job)}/state.bin`;
}
