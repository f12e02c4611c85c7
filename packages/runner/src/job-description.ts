import { InputError, type JobId, readSealed } from "@em-stellar/core";
import { jobFile } from "./job-record.js";
import { dataOf, type Method } from "./method.js";
import { componentsOf, methodOf, type OpenRun, runOfJob, samplesOf } from "./open-run.js";
import { defaultAugmentation } from "./suite.js";
import { defaultTraining, type TrainingOptions } from "./training-options.js";

/** Everything that a job's outcome depends on, as `job.json` holds it. */
export type JobDescription = ReturnType<typeof describeJob>;

/** A part of a description that is no longer as it was. */
export interface Change {
  readonly key: string;
  readonly before: unknown;
  readonly now: unknown;
}

/** Describes a job of a run. */
export function describeJob(run: OpenRun, { fold, seed }: JobId, method: Method) {
  const { suite, plan } = run;
  const part = samplesOf(run, fold, method.kind === "network" ? method.images : undefined);
  return {
    components: componentsOf(run, method).map(({ kind, id, options }) => ({ kind, id, options })),
    metrics: suite.metrics.map(({ id, options }) => ({ id, options })),
    rankBy: suite.rankBy,
    seed,
    data: plan.data.hash,
    ...(method.kind === "network" && elsewhereOf(run, method)),
    split: { train: part.train.map(({ id }) => id), validation: part.validation.map(({ id }) => id) },
    ...(method.kind === "network" && { training: method.training, augmentation: suite.augmentation }),
    ...(method.kind === "network" &&
      method.training.initial !== null && { initial: plan.initial?.[method.training.initial] }),
  };
}

/** The other data that a training is scored on, by name; nothing where there is none. */
function elsewhereOf({ suite, datasets }: OpenRun, method: Method) {
  const others = [...datasets].filter(([name]) => name !== dataOf(suite, method));
  return others.length > 0 && { elsewhere: Object.fromEntries(others.map(([name, { data }]) => [name, data.hash])) };
}

/** The description in the store, with what a version that did not know some options yet did by default; undefined where there is none. */
export async function storedDescription(run: OpenRun, file: string): Promise<JobDescription | undefined> {
  const found = (await readSealed(run.store, file)) as JobDescription | undefined; // written by runJob alone
  return found && withDefaults(run, found);
}

/** What of a job's description is no longer as the store has it; nothing where the store does not hold the job. */
export async function changesOf(run: OpenRun, job: JobId): Promise<Change[]> {
  const before = await storedDescription(run, jobFile(job));
  return before ? differencesOf(before, describeJob(runOfJob(run, job), job, methodOf(run, job))) : [];
}

/** In what a description differs from an earlier one. */
export function differencesOf(before: JobDescription, now: JobDescription): Change[] {
  return changedFields(before, now);
}

/** In which options a training differs from an earlier one. */
export function changedOptions(before: TrainingOptions, now: TrainingOptions): string[] {
  return changedFields(before, now).map(({ key }) => key);
}

function changedFields(before: object, now: object): Change[] {
  const earlier = new Map<string, unknown>(Object.entries(before));
  return Object.entries(now).flatMap(([key, value]) =>
    JSON.stringify(earlier.get(key)) === JSON.stringify(value) ? [] : [{ key, before: earlier.get(key), now: value }],
  );
}

/**
 * Throws `InputError` where the store holds this job from an earlier run of a changed suite: mixing the two would give
 * numbers of neither.
 */
export async function requireSameJob(run: OpenRun, job: JobId): Promise<void> {
  const changes = await changesOf(run, job);
  const [change] = changes;
  if (!change) return;
  const { key, before, now } = change;
  const longer = changes.length === 1 && key === "training" ? adviceOnSteps(before, now) : undefined;
  throw new InputError(
    `${run.store.location} holds a run of "${job.method}" with other ${key}: ${shorten(JSON.stringify(before))} there, ${shorten(JSON.stringify(now))} in this suite. ${longer ?? ""}Choose another output folder, or start afresh in this one.`,
  );
}

/** How to go on longer from trainings that differ in their number of steps alone. */
function adviceOnSteps(before: unknown, now: unknown): string | undefined {
  const [earlier, later] = [before, now] as [TrainingOptions, TrainingOptions]; // what describeJob put there
  if (changedOptions(earlier, later).join() !== "steps" || earlier.steps === null || later.steps === null)
    return undefined;
  const wanted = Math.max(earlier.steps, later.steps);
  return `To go on from its ${earlier.steps} steps${earlier.steps > later.steps ? ", which is more than the suite says" : ""}, give \`steps: ${wanted}\`. `;
}

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
