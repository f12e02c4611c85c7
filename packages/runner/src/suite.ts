import {
  type Baseline,
  type DataSource,
  didYouMean,
  type Ensemble,
  type Executor,
  InputError,
  type Metric,
  scoreNames,
} from "@em-stellar/core";
import type { Backend, Loss, Network, Optimizer } from "@em-stellar/core/training";
import type { NormalizationOptions } from "@em-stellar/data";
import { type AugmentationOptions, paperAugmentation } from "@em-stellar/data/augmentation";

/** What a score goes by: the metric's id, and for the second metric of one id what sets it apart, `f1:background`. */
type ScoreName<MetricId extends string> = MetricId | `${MetricId}:${string}`;

/** How long and on what each network trains: the same budget for all of them. */
export interface TrainingOptions<MetricId extends string = string> {
  /** Side of the square patches cut from training images, in pixels; a multiple of every network's stride. */
  patch: number;
  /** Patches in a step. */
  batchSize: number;
  /** Optimizer steps. */
  steps: number;
  /** Steps between two validations on whole images; the training can be resumed from each. */
  validateEvery: number;
  /** `loss` or scores of the suite: the best weights by each are kept. The first one's make the test predictions. */
  checkpoints: readonly ("loss" | ScoreName<MetricId>)[];
  /** Share of patches centred on an object pixel; `null` draws places uniformly. */
  foreground: number | null;
  /** `fixed` calls a pixel object above 0.5; `validation` picks the threshold that is best by `rankBy` on validation images. */
  threshold: "fixed" | "validation";
  normalization: NormalizationOptions;
}

/** How training images become folds. */
export interface SplitOptions {
  /** Keep samples of one group together. */
  grouped: boolean;
  /** Give folds similar shares of object pixels. */
  stratify: boolean;
  seed: number;
}

/** The best `top` trained models by a validation metric, combined. */
export interface EnsembleOptions<MetricId extends string = string> {
  combine: Ensemble;
  top: number;
  /** The suite's score that ranks the models on their validation images. */
  by: ScoreName<MetricId>;
}

/** A benchmark as its author writes it; what is left out takes a default. */
export interface SuiteDefinition<MetricId extends string = string> {
  /** Letters, digits, `-`, `_` and `.`; names the run folder. */
  name: string;
  data: DataSource;
  networks: readonly Network[];
  loss: Loss | readonly Loss[];
  optimizer: Optimizer | readonly Optimizer[];
  /** A metric may be there twice with other options, such as F1 of the object and of the background. */
  metrics: readonly Metric<MetricId>[];
  /** The score that orders the methods; the first of `metrics` where absent. */
  rankBy?: ScoreName<NoInfer<MetricId>>;
  /** Number of folds, at least 2. */
  folds?: number;
  seeds?: readonly number[];
  split?: Partial<SplitOptions>;
  training?: Partial<TrainingOptions<NoInfer<MetricId>>>;
  /** `null` trains on patches as they are; absent, as the paper augments, but validates on images as they are. */
  augmentation?: Partial<AugmentationOptions> | null;
  ensembles?: readonly EnsembleOptions<NoInfer<MetricId>>[];
  /** Methods that learn nothing. Absent, `em-stellar` adds the three floors; `[]` means none. */
  baselines?: readonly Baseline[];
  /** A backend, the id of one, or `auto`. */
  backend?: Backend | string;
  /** Where the jobs run; whoever runs the suite decides where absent. */
  executor?: Executor;
}

/** A benchmark with every choice made. */
export interface Suite {
  readonly name: string;
  readonly data: DataSource;
  readonly networks: readonly Network[];
  readonly losses: readonly Loss[];
  readonly optimizers: readonly Optimizer[];
  readonly metrics: readonly Metric[];
  readonly rankBy: string;
  readonly folds: number;
  readonly seeds: readonly number[];
  readonly split: Partial<SplitOptions> & Pick<SplitOptions, "stratify" | "seed">;
  readonly training: TrainingOptions;
  readonly augmentation: AugmentationOptions | null;
  readonly ensembles: readonly EnsembleOptions[];
  /** Absent where the author named none and left the choice to whoever runs the suite. */
  readonly baselines?: readonly Baseline[];
  readonly backend: Backend | string;
  readonly executor?: Executor;
}

/** What a suite trains with where it says nothing. */
export const defaultTraining: TrainingOptions = {
  patch: 256,
  batchSize: 4,
  steps: 2000,
  validateEvery: 100,
  checkpoints: ["loss"],
  foreground: null,
  threshold: "fixed",
  normalization: { method: "z-score", scope: "image" },
};

const defaultAugmentation: AugmentationOptions = { ...paperAugmentation, validation: false };

/** Completes a suite and refuses, before any work, what could not run. Throws `InputError`. */
export function defineSuite<const MetricId extends string>(definition: SuiteDefinition<MetricId>): Suite {
  const { augmentation } = definition;
  const suite: Suite = {
    name: definition.name,
    data: definition.data,
    networks: definition.networks,
    losses: [definition.loss].flat(),
    optimizers: [definition.optimizer].flat(),
    metrics: definition.metrics,
    rankBy: definition.rankBy ?? definition.metrics[0]?.id ?? "",
    folds: definition.folds ?? 4,
    seeds: definition.seeds ?? [1],
    split: { stratify: false, seed: 1, ...definition.split },
    training: { ...defaultTraining, ...definition.training },
    augmentation: augmentation === null ? null : { ...defaultAugmentation, ...augmentation },
    ensembles: definition.ensembles ?? [],
    ...(definition.baselines && { baselines: definition.baselines }),
    backend: definition.backend ?? "auto",
    ...(definition.executor && { executor: definition.executor }),
  };
  const problem = findProblem(suite);
  if (problem) throw new InputError(`Suite "${suite.name}": ${problem}`);
  return suite;
}

/** A larger patch fits no device: one feature map of it is a quarter of a gigabyte. */
const largestPatch = 8192;

function findProblem(suite: Suite): string | undefined {
  const { training, metrics, networks } = suite;
  const metricIds = scoreNames(metrics);
  if (!/^[\w.-]{1,100}$/.test(suite.name) || /^\.+$/.test(suite.name)) {
    return `the name stands in paths, so it takes 1 to 100 letters, digits, '-', '_' and '.', not only dots. Try "${suggestedName(suite.name)}".`;
  }
  for (const [key, list] of Object.entries({ networks, metrics, losses: suite.losses, optimizers: suite.optimizers })) {
    if (list.length === 0) return `${key} is empty. Name at least one.`;
  }
  for (const id of metricIds) {
    if (metricIds.indexOf(id) !== metricIds.lastIndexOf(id))
      return `the metric "${id}" is listed twice with the same options.`;
  }
  for (const key of ["patch", "batchSize", "steps", "validateEvery"] as const) {
    if (!Number.isSafeInteger(training[key]) || training[key] < 1) {
      return `training.${key} must be a whole number of at least 1, but is ${training[key]}.`;
    }
  }
  if (training.patch > largestPatch) {
    return `training.patch is a side in pixels and at most ${largestPatch}, but is ${training.patch}. Usual: 256.`;
  }
  if (!Number.isInteger(suite.folds) || suite.folds < 2) return `folds must be at least 2, but is ${suite.folds}.`;
  if (suite.seeds.length === 0 || new Set(suite.seeds).size < suite.seeds.length) {
    return `seeds must name at least one number, each once, but are [${suite.seeds.join(", ")}].`;
  }
  for (const [field, seed] of [
    ...suite.seeds.map((seed, i) => [`seeds[${i}]`, seed] as const),
    ["split.seed", suite.split.seed] as const,
  ]) {
    if (!Number.isSafeInteger(seed))
      return `${field} must be a whole number, at most ${Number.MAX_SAFE_INTEGER}, but is ${seed}.`;
  }
  if (training.foreground !== null && !(training.foreground >= 0 && training.foreground <= 1)) {
    return `training.foreground is a share between 0 and 1, or null, but is ${training.foreground}.`;
  }
  for (const network of networks) {
    const { patch } = training;
    if (patch % network.stride !== 0) {
      const below = Math.floor(patch / network.stride) * network.stride;
      const nearest = below > 0 ? `${below} or ${below + network.stride}` : `${network.stride}`;
      return `training.patch is ${patch}, but network "${network.id}" takes sides that are multiples of ${network.stride}. Nearest: ${nearest}.`;
    }
  }
  const named = [
    ...training.checkpoints
      .map((id, i) => [`training.checkpoints[${i}]`, id] as const)
      .filter(([, id]) => id !== "loss"),
    ["rankBy", suite.rankBy] as const,
    ...suite.ensembles.map(({ by }, i) => [`ensembles[${i}].by`, by] as const),
  ];
  for (const [where, id] of named) {
    if (!metricIds.includes(id)) {
      const or = where.startsWith("training") ? `loss, ${metricIds.join(", ")}` : metricIds.join(", ");
      return `${where} is "${id}", which is none of the suite's metrics.${didYouMean(id, metricIds)} Available: ${or}.`;
    }
  }
  if (training.checkpoints.length === 0) return "training.checkpoints is empty. Name loss or a metric.";
  for (const [i, { top }] of suite.ensembles.entries()) {
    if (!Number.isInteger(top) || top < 2) return `ensembles[${i}].top must be at least 2, but is ${top}.`;
  }
  return undefined;
}

/** `My images!` → `My-images` */
function suggestedName(name: string): string {
  const legal = name
    .replaceAll(/[^\w.-]+/g, "-")
    .replace(/^[-.]+|[-.]+$/g, "")
    .slice(0, 100);
  return legal === "" ? "my-images" : legal;
}
