import { InputError, type JobId, jobPath, type Metric, scoreNames, writeSealed } from "@em-stellar/core";
import {
  type Change,
  changedOptions,
  changesOf,
  describeJob,
  type JobDescription,
  storedDescription,
} from "./job-description.js";
import { type JobRecord, jobFile, readJob, recordFile, stateFile, stateFolder, stepOf } from "./job-record.js";
import { methodOf, type OpenRun, runOfJob } from "./open-run.js";
import { rescored } from "./rescore.js";
import { keptFor } from "./training/criteria.js";
import { stateAt } from "./training/job-state.js";
import type { TrainingOptions } from "./training-options.js";

/** What is left to do of a job that the store holds and the suite asks for more of. */
export type Reuse =
  /** Nothing: its scores were computed from the maps that it has kept. */
  | "scored"
  /** The test images: its training is over, and weights are kept that another criterion would have chosen. */
  | "tested"
  /** The steps that its training has not made yet. */
  | "trained"
  /** All of it: a floor, or a training that had not finished and would now go another way. */
  | "done again";

/** How scores are made of a training: what a finished one may be asked for anew. */
interface Scoring {
  readonly metrics: readonly Pick<Metric, "id" | "options">[];
  readonly rankBy: string;
  readonly training: TrainingOptions;
}

/** What a changed suite would do otherwise in a training. */
interface Comparison {
  /** Options of the training that differ. */
  readonly options: readonly string[];
  /** Whether the threshold is found in the same way. */
  readonly isSameRule: boolean;
  /** Whether weights are kept, or the training ends, by a metric that was not among the suite's, or another of this name. */
  readonly isOtherMetric: boolean;
  /** Whether weights are kept, or the training ends, by any metric: these are computed at the threshold. */
  readonly goesByMetric: boolean;
}

/**
 * Where the suite asks a job that the store holds for other scores, another rule for the threshold, other criteria or, with
 * `longer`, for more steps, keeps all of it that stays right, and says what is left to do. Undefined where nothing has changed,
 * or where the training might have gone another way: then the store is as it was.
 */
export async function reuseJob(given: OpenRun, job: JobId, { longer = false } = {}): Promise<Reuse | undefined> {
  const run = runOfJob(given, job);
  const { store } = run;
  const changes = await changesOf(run, job);
  if (changes.length === 0) return undefined;
  const record = await readJob(run, job);
  const method = methodOf(run, job);
  const description = describeJob(run, job, method);
  const rewrite = () => writeSealed(store, jobFile(job), description);
  /** The record goes first: a description never stands beside the result of another one. */
  const forget = async (...files: string[]) => {
    for (const file of [recordFile(job), ...files]) await store.remove(file);
  };
  if (method.kind === "baseline") {
    if (!changes.every(({ key }) => key === "metrics" || key === "rankBy")) return undefined;
    await forget(jobFile(job));
    return "done again";
  }
  const before = (await storedDescription(run, jobFile(job))) as JobDescription; // it has changes, so it is there
  // New data is predicted by the weights that were kept, but a new metric has no values in their learning curves.
  const isOfOtherData = changes.some(({ key }) => key === "elsewhere");
  if (isOfOtherData && changes.some(({ key }) => key === "metrics")) return undefined;
  const comparison = compared(changes, before, { ...run.suite, training: method.training });
  if (!comparison) return undefined;
  const { options, isSameRule, isOtherMetric, goesByMetric } = comparison;
  const isOnly = (...names: string[]) => options.every((name) => names.includes(name));
  // Metrics are computed at the threshold: another one might have chosen other weights, or another end.
  const isSameChoice = !isOtherMetric && (isSameRule || !goesByMetric);

  if (record?.result.state === "done" && isOnly("threshold") && !isOfOtherData) {
    const scores = isSameChoice ? await rescored(run, job, method, record, isSameRule) : undefined;
    if (!scores) return undefined;
    await writeSealed(store, recordFile(job), { ...record, ...scores } satisfies JobRecord);
    await rewrite();
    return "scored";
  }
  const grows = (before.training?.steps ?? Number.POSITIVE_INFINITY) < (method.training.steps ?? 0);
  const goesOn = isOnly("steps", "checkpoints") && (!options.includes("steps") || (longer && grows));
  if (goesOn && isSameRule && !isOtherMetric) {
    const state = await stateAt(store, stateFile(job));
    if (state && keptFor(state, run.suite, method.training)) {
      await forget();
      await rewrite();
      return options.includes("steps") || record?.result.state !== "done" ? "trained" : "tested";
    }
    if (!state && record?.result.state !== "done") {
      await rewrite(); // it has made no step yet
      return "trained";
    }
  }
  if (record?.result.state === "done" && goesOn && isSameRule) {
    const isMissing = (await stepOf(run, job)) === undefined;
    throw notKept(run, job, options.includes("steps"), isMissing, method.training);
  }
  if (record?.result.state === "done" || !isOnly("threshold", "checkpoints")) return undefined;
  await forget(stateFolder(job), jobFile(job));
  return "done again";
}

/** Why a finished training cannot go on, or cannot be tested by other criteria. */
function notKept({ store }: OpenRun, job: JobId, isLonger: boolean, isMissing: boolean, training: TrainingOptions) {
  const wish = isLonger ? `go on to step ${training.steps}` : `be tested by ${training.checkpoints.join(" and ")}`;
  const reason = isMissing
    ? `${stateFile(job)} is missing or damaged: it was removed, or a version before it made this run`
    : "a criterion would have chosen weights of a step that no other has kept";
  return new InputError(
    `In ${store.location}, ${jobPath(job)} cannot ${wish} without training again: ${reason}. Choose another output folder, or start afresh in this one.`,
  );
}

/** What differs, where nothing does but how scores are made, how long a training is and what it keeps; else undefined. */
function compared(changes: readonly Change[], before: JobDescription, now: Scoring): Comparison | undefined {
  if (!before.training || !changes.every(({ key }) => ["metrics", "rankBy", "training", "elsewhere"].includes(key)))
    return undefined;
  const [then, these] = [identities(before.metrics), identities(now.metrics)];
  const { checkpoints, earlyStopping } = now.training;
  const criteria = [...checkpoints, ...(earlyStopping ? [earlyStopping.by] : [])];
  const byMetric = criteria.filter((name) => name !== "loss");
  const pickedBy = (rule: TrainingOptions["threshold"], rankBy: string, metrics: Map<string, string>) =>
    rule === "validation" ? metrics.get(rankBy) : undefined;
  return {
    options: changedOptions(before.training, now.training),
    isSameRule:
      pickedBy(before.training.threshold, before.rankBy, then) === pickedBy(now.training.threshold, now.rankBy, these),
    isOtherMetric: byMetric.some((name) => then.get(name) !== these.get(name)),
    goesByMetric: byMetric.length > 0,
  };
}

/** The name of each score with all that it depends on. */
function identities(metrics: Scoring["metrics"]): Map<string, string> {
  const names = scoreNames(metrics);
  return new Map(metrics.map(({ id, options }, i) => [names[i] as string, JSON.stringify({ id, options })])); // one name for each
}
