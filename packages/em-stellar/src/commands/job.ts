import { resolve } from "node:path";
import {
  EmStellarError,
  InputError,
  type JobId,
  jobExitStatus,
  jobPath,
  LockedError,
  StoreError,
} from "@em-stellar/core";
import { type OpenRun, runAttempt } from "@em-stellar/runner";
import { openRunFolder } from "../open-run-folder.js";
import { eventLine } from "../terminal/event-line.js";
import { interruptible } from "../terminal/interruptible.js";
import type { Terminal } from "../terminal/terminal.js";

/**
 * `em-stellar job RUN JOB`: does one job of a planned run from the run folder alone, for whatever starts jobs. The exit
 * status: 0 done, 75 try again, 65 will never work.
 */
export async function job(folder: string, name: string, terminal: Terminal): Promise<number> {
  const work = async (signal: AbortSignal) => {
    const run = await openRunFolder(resolve(folder), signal);
    try {
      return await doJob(run, jobNamed(name, run), terminal);
    } finally {
      await run.device.dispose();
    }
  };
  const stopped = "! Stopped. Run the same command again to continue this job from its last validation.";
  try {
    return await interruptible({ stopped, status: jobExitStatus.tryAgain, work }, terminal);
  } catch (error) {
    if (!(error instanceof EmStellarError)) throw error;
    terminal.print(`! ${error.message}`);
    return error instanceof StoreError || error instanceof LockedError ? jobExitStatus.tryAgain : jobExitStatus.never;
  }
}

async function doJob(run: OpenRun, wanted: JobId, terminal: Terminal): Promise<number> {
  let status: number = jobExitStatus.done;
  for await (const event of runAttempt(run, wanted)) {
    const line = eventLine(event, true);
    if (line !== undefined) terminal.print(line);
    if (event.type === "job-failed") {
      status = event.cause === "device" ? jobExitStatus.tryAgain : jobExitStatus.never;
    }
  }
  return status;
}

/** The job of a run by its path under `jobs/`. */
function jobNamed(name: string, { jobs, store }: OpenRun): JobId {
  const path = name.replace(/^jobs\//, "").replace(/\/$/, "");
  const found = jobs.find((candidate) => jobPath(candidate) === path);
  if (found) return found;
  const some = jobs.slice(0, 8).map(jobPath).join(", ");
  throw new InputError(
    `The run in ${store.location} has no job "${name}". It has: ${some}${jobs.length > 8 ? ", …" : ""}.`,
  );
}
