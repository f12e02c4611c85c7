import { type JobId, jobPath, type Results } from "@em-stellar/core";

/** A job that did not finish. */
export interface LostJob {
  readonly job: JobId;
  /** Why, as far as it is known. */
  readonly reason: string;
}

/** The jobs of a run that have no finished result. `messages`: what was told of a job that failed, by its path. */
export function lostJobs(
  jobs: readonly JobId[],
  { methods, transfer }: Pick<Results, "methods" | "transfer">,
  messages: ReadonlyMap<string, string>,
): LostJob[] {
  return jobs.flatMap((job): LostJob[] => {
    const runs = methods.find(({ name }) => name === job.method)?.runs ?? [];
    const isIt = ({ fold, seed }: Pick<JobId, "fold" | "seed">) => fold === job.fold && seed === job.seed;
    const run = runs.find(isIt) ?? transfer?.jobs.find((each) => each.method === job.method && isIt(each));
    if (run?.state === "done") return [];
    return [{ job, reason: run?.failure ?? messages.get(jobPath(job)) ?? "it did not finish" }];
  });
}
