import { didYouMean } from "@em-stellar/core";
import type { Network } from "@em-stellar/core/training";
import type { NormalizationOptions } from "@em-stellar/data";

/** What a score goes by: the metric's id, and for the second metric of one id what sets it apart, `f1:background`. */
export type ScoreName<MetricId extends string> = MetricId | `${MetricId}:${string}`;

/** When a training ends before its last step because it no longer gets better. */
export interface EarlyStopping<MetricId extends string = string> {
  /** Validations in a row without a better value after which the training ends. */
  patience: number;
  /** `loss` or a score of the suite, on the validation images; the first of `checkpoints` where the suite says nothing. */
  by: "loss" | ScoreName<MetricId>;
  /** How much better than the best before a value must be to count, in its own unit. */
  minChange: number;
}

/** How long and on what each network trains: the same budget for all of them. */
export interface TrainingOptions<MetricId extends string = string> {
  /** Folder of a model, a job or a run whose weights a training starts from; `null`: random ones. */
  initial: string | null;
  /** Side of the square patches cut from training images, in pixels; a multiple of every network's stride. */
  patch: number;
  /** Patches in a step. */
  batchSize: number;
  /**
   * Patches that go through the network at once, a divisor of `batchSize`: the gradients of a step are added up over them, which
   * takes less memory. `null`: all at once.
   */
  microBatch: number | null;
  /**
   * Keeps only a few of the network's activations for the backward pass and computes the others again, which takes less memory
   * and about a third more time. The gradients are the same.
   */
  recompute: boolean;
  /** Optimizer steps; `null`: as many as `minutes` allow. */
  steps: number | null;
  /** Minutes of training, without validation, after which a training ends before its last step; `null`: no limit. */
  minutes: number | null;
  /** Steps between two validations on whole images; the training can be resumed from each. */
  validateEvery: number;
  /** Ends a training that no longer gets better; `null`: never. */
  earlyStopping: EarlyStopping<MetricId> | null;
  /** `loss` or scores of the suite: the best weights by each are kept. The first one's make the test predictions. */
  checkpoints: readonly ("loss" | ScoreName<MetricId>)[];
  /** Gradients are scaled down where the norm of all of them together exceeds this; `null`: never. */
  clipGradients: number | null;
  /**
   * Decay, between 0 and 1, of a running average of the weights over steps, which is validated, kept and tested in place of the
   * weights; `null`: the weights as they are.
   */
  averageWeights: number | null;
  /** Share of patches centred on an object pixel; `null` draws places uniformly. */
  foreground: number | null;
  /** `fixed` calls a pixel object above 0.5; `validation` picks the threshold that is best by `rankBy` on validation images. */
  threshold: "fixed" | "validation";
  /** Validation and test images are predicted turned and mirrored in 8 ways, and the maps averaged; `predict` does the same. */
  testTimeAugmentation: boolean;
  normalization: NormalizationOptions;
}

/** Training options as a suite's author writes them; what is left out takes a default. */
export type TrainingDefinition<MetricId extends string = string> = Partial<
  Omit<TrainingOptions<MetricId>, "earlyStopping">
> & { earlyStopping?: Partial<EarlyStopping<MetricId>> | null };

/** One of several trainings that a suite compares. */
export type NamedTraining<MetricId extends string = string> = TrainingDefinition<MetricId> & {
  /** Letters, digits, `-`, `_` and `.`; a part of the method's name. */
  name: string;
};

/** Training options with every choice made, and what they go by where a suite compares several. */
export interface TrainingVariant {
  readonly name?: string;
  readonly options: TrainingOptions;
}

/** What a suite trains with where it says nothing. */
export const defaultTraining: TrainingOptions = {
  initial: null,
  patch: 256,
  batchSize: 4,
  microBatch: null,
  recompute: false,
  steps: 2000,
  minutes: null,
  validateEvery: 100,
  earlyStopping: null,
  checkpoints: ["loss"],
  clipGradients: null,
  averageWeights: null,
  foreground: null,
  threshold: "fixed",
  testTimeAugmentation: false,
  normalization: { method: "z-score", scope: "image" },
};

/** Training options with every choice made. Where only `minutes` are given, the number of steps has no limit. */
function completeTraining(given: TrainingDefinition = {}): TrainingOptions {
  const { earlyStopping, ...rest } = given;
  const steps = given.steps === undefined && typeof given.minutes === "number" ? null : defaultTraining.steps;
  const options = { ...defaultTraining, steps, ...rest };
  if (!earlyStopping) return options;
  const [by = "loss"] = options.checkpoints;
  return { ...options, earlyStopping: { patience: 10, by, minChange: 0, ...earlyStopping } };
}

/** The trainings of a suite: one without a name, or as many as its author lists. */
export function completeTrainings(given: TrainingDefinition | readonly NamedTraining[] | undefined): TrainingVariant[] {
  if (!isList(given)) return [{ options: completeTraining(given) }];
  return given.map(({ name, ...options }) => ({ name, options: completeTraining(options) }));
}

function isList(given: TrainingDefinition | readonly NamedTraining[] | undefined): given is readonly NamedTraining[] {
  return Array.isArray(given);
}

/** Returns an error message about the trainings of a suite, or undefined if they are valid. */
export function findProblemOfTrainings(
  trainings: readonly TrainingVariant[],
  networks: readonly Network[],
  scores: readonly string[],
): string | undefined {
  if (trainings.length === 0) return "training is an empty list. Name at least one, or leave it out.";
  for (const [i, { name, options }] of trainings.entries()) {
    const at = name === undefined ? "training" : `training[${i}]`;
    if (name !== undefined && !/^[\w.-]{1,40}$/.test(name)) {
      return `${at}.name becomes part of the names of methods, so it takes 1 to 40 letters, digits, '-', '_' and '.', but is ${JSON.stringify(name)}.`;
    }
    const first = trainings.findIndex((other) => other.name === name);
    if (first < i)
      return `${at}.name is "${name}", as training[${first}].name is. Give each training a different name.`;
    const problem = findTrainingProblem(options, at, networks, scores);
    if (problem) return problem;
  }
  return undefined;
}

/** A larger patch fits no device: one feature map of it is a quarter of a gigabyte. */
const largestPatch = 8192;

/** More patches in a step are more than any data set has room for. */
const largestBatch = 65_536;

/** Returns an error message about training options, which are at `at` in the suite, or undefined if they are valid. */
function findTrainingProblem(
  training: TrainingOptions,
  at: string,
  networks: readonly Network[],
  scores: readonly string[],
): string | undefined {
  const { patch, batchSize, microBatch, steps, minutes, earlyStopping, clipGradients, averageWeights } = training;
  if (training.initial !== null && training.initial.trim() === "") {
    return `${at}.initial is empty. Name the folder of a model, a job or a run, or leave it out.`;
  }
  const isCount = (value: number) => Number.isSafeInteger(value) && value >= 1;
  for (const key of ["patch", "batchSize", "validateEvery"] as const) {
    if (!isCount(training[key])) return `${at}.${key} must be a whole number of at least 1, but is ${training[key]}.`;
  }
  if (batchSize > largestBatch) {
    return `${at}.batchSize is a number of patches and at most ${largestBatch}, but is ${batchSize}. Usual: 4.`;
  }
  if (steps === null && minutes === null) return `${at}.steps is null, so ${at}.minutes must say when to end.`;
  if (steps !== null && !isCount(steps)) {
    return `${at}.steps must be a whole number of at least 1, but is ${steps}.`;
  }
  if (minutes !== null && !(minutes > 0 && minutes < Number.POSITIVE_INFINITY)) {
    return `${at}.minutes must be a number above 0, or null for no limit, but is ${minutes}.`;
  }
  if (patch > largestPatch) {
    return `${at}.patch is a side in pixels and at most ${largestPatch}, but is ${patch}. Usual: 256.`;
  }
  if (microBatch !== null && !(isCount(microBatch) && batchSize % microBatch === 0)) {
    return `${at}.microBatch must be a whole number that divides ${at}.batchSize (${batchSize}), or null, but is ${microBatch}.`;
  }
  if (clipGradients !== null && !(clipGradients > 0 && clipGradients < Number.POSITIVE_INFINITY)) {
    return `${at}.clipGradients is the largest norm of the gradients, a number above 0, such as 1, or null, but is ${clipGradients}.`;
  }
  if (averageWeights !== null && !(averageWeights > 0 && averageWeights < 1)) {
    return `${at}.averageWeights is a decay between 0 and 1, such as 0.999, or null, but is ${averageWeights}.`;
  }
  if (earlyStopping && !isCount(earlyStopping.patience)) {
    return `${at}.earlyStopping.patience must be a whole number of at least 1, but is ${earlyStopping.patience}.`;
  }
  if (earlyStopping && !(earlyStopping.minChange >= 0)) {
    return `${at}.earlyStopping.minChange must be 0 or more, but is ${earlyStopping.minChange}.`;
  }
  if (training.foreground !== null && !(training.foreground >= 0 && training.foreground <= 1)) {
    return `${at}.foreground is a share between 0 and 1, or null, but is ${training.foreground}.`;
  }
  for (const { id, stride } of networks) {
    if (patch % stride !== 0) {
      const below = Math.floor(patch / stride) * stride;
      const nearest = below > 0 ? `${below} or ${below + stride}` : `${stride}`;
      return `${at}.patch is ${patch}, but network "${id}" takes sides that are multiples of ${stride}. Nearest: ${nearest}.`;
    }
  }
  if (training.checkpoints.length === 0) return `${at}.checkpoints is empty. Name loss or a metric.`;
  const named = training.checkpoints.map((id, i) => [`${at}.checkpoints[${i}]`, id] as const);
  for (const [where, id] of [
    ...named,
    ...(earlyStopping ? [[`${at}.earlyStopping.by`, earlyStopping.by] as const] : []),
  ]) {
    if (id !== "loss" && !scores.includes(id)) return unknownScore(where, id, scores, ["loss", ...scores]);
  }
  return undefined;
}

/** What to say of a score that a place of the suite names and the suite does not have. */
export function unknownScore(
  where: string,
  id: string,
  scores: readonly string[],
  available: readonly string[] = scores,
): string {
  return `${where} is "${id}", which is none of the suite's metrics.${didYouMean(id, scores)} Available: ${available.join(", ")}.`;
}
