import { type JobId, jobPath } from "@em-stellar/core";
import { requireSameJob } from "./job-description.js";
import { forgetDamaged } from "./job-record.js";
import type { OpenRun } from "./open-run.js";
import { reuseJob } from "./reuse-job.js";
import { heldJobs, takeOver } from "./take-over.js";

/** What an earlier start has left of a run's jobs. */
export interface Settled {
  /** Jobs of which the store holds anything, by their paths under `jobs/`. */
  readonly held: ReadonlySet<string>;
  /** What was found damaged. */
  readonly damages: readonly { readonly job: JobId; readonly message: string }[];
}

/**
 * Brings the jobs that a store holds in line with the suite of now: takes over trainings that go by other names, computes new
 * scores of finished ones, forgets what is damaged. Throws `InputError` where a training would have gone another way, or, without
 * `longer`, has made another number of steps.
 */
export async function settleJobs(run: OpenRun, options: { readonly longer?: boolean } = {}): Promise<Settled> {
  const held = await heldJobs(run);
  await takeOver(run, held);
  const damages: { job: JobId; message: string }[] = [];
  for (const job of run.jobs) {
    if (!held.has(jobPath(job))) continue;
    const message = await forgetDamaged(run, job, true);
    if (message) damages.push({ job, message });
    await reuseJob(run, job, options);
    await requireSameJob(run, job);
  }
  return { held, damages };
}
