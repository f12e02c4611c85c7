import {
  type Baseline,
  type DataSource,
  type Ensemble,
  type Executor,
  InputError,
  type Metric,
  scoreNames,
} from "@em-stellar/core";
import type { Backend, Loss, Network, Optimizer } from "@em-stellar/core/training";
import { type AugmentationOptions, paperAugmentation } from "@em-stellar/data/augmentation";
import { metricsByName } from "./suite-metrics.js";
import {
  completeTrainings,
  findProblemOfTrainings,
  type NamedTraining,
  type ScoreName,
  type TrainingDefinition,
  type TrainingVariant,
  unknownScore,
} from "./training-options.js";

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
  /**
   * Which models: `best`, the `top` best of all networks and folds; `greedy`, networks with all of their folds, taken one after
   * the other, some more than once, as long as the score on validation images rises, at most `top` times; `folds`, of each
   * of the `top` best networks the models of all folds, an ensemble for each.
   */
  select: "best" | "greedy" | "folds";
  /** What members count: the same, or their validation score (`greedy`: how often each was taken). */
  weights: "equal" | "score";
}

/** An ensemble as a suite's author writes it: the best models, which count the same, where it says nothing else. */
export type EnsembleChoice<MetricId extends string = string> = Omit<EnsembleOptions<MetricId>, "select" | "weights"> &
  Partial<Pick<EnsembleOptions<MetricId>, "select" | "weights">>;

/** A benchmark as its author writes it; what is left out takes a default. */
export interface SuiteDefinition<MetricId extends string = string> {
  /** Letters, digits, `-`, `_` and `.`; names the run folder. */
  name: string;
  data: DataSource;
  /**
   * Other data, by names: every network is also trained on each, and all are scored on the test images of `data` and of each, as
   * a table of what was trained on against what was tested on. `data` has the suite's name there.
   */
  transferTo?: Readonly<Record<string, DataSource>>;
  networks: readonly Network[];
  loss: Loss | readonly Loss[];
  optimizer: Optimizer | readonly Optimizer[];
  /** A metric may be there twice with other options, such as F1 of the object and of the background. */
  metrics: readonly Metric<MetricId>[];
  /** The score that orders the methods; by default the first of `metrics`. */
  rankBy?: ScoreName<NoInfer<MetricId>>;
  /** Number of folds, at least 2. */
  folds?: number;
  seeds?: readonly number[];
  split?: Partial<SplitOptions>;
  /** How each network is trained, or several ways with names, each of which every network is trained in. */
  training?: TrainingDefinition<NoInfer<MetricId>> | readonly NamedTraining<NoInfer<MetricId>>[];
  /**
   * Numbers of training images: every network is trained with so many of each fold, the smaller part of the larger. Absent: with
   * all of them.
   */
  trainingImages?: readonly number[];
  /** `null` trains on patches as they are; absent, as the paper augments, but validates on images as they are. */
  augmentation?: Partial<AugmentationOptions> | null;
  ensembles?: readonly EnsembleChoice<NoInfer<MetricId>>[];
  /** Methods that learn nothing. Absent, `em-stellar` adds the three floors; `[]` means none. */
  baselines?: readonly Baseline[];
  /** A backend, the id of one, or `auto`. */
  backend?: Backend | string;
  /** Where the jobs run; without it, whoever runs the suite decides. */
  executor?: Executor;
}

/** A benchmark with every choice made. */
export interface Suite {
  readonly name: string;
  readonly data: DataSource;
  /** Absent where networks are trained and scored on `data` alone. */
  readonly transferTo?: Readonly<Record<string, DataSource>>;
  readonly networks: readonly Network[];
  readonly losses: readonly Loss[];
  readonly optimizers: readonly Optimizer[];
  readonly metrics: readonly Metric[];
  readonly rankBy: string;
  readonly folds: number;
  readonly seeds: readonly number[];
  readonly split: Partial<SplitOptions> & Pick<SplitOptions, "stratify" | "seed">;
  readonly trainings: readonly TrainingVariant[];
  /** Absent where the networks learn from all images of a fold. */
  readonly trainingImages?: readonly number[];
  readonly augmentation: AugmentationOptions | null;
  readonly ensembles: readonly EnsembleOptions[];
  /** Absent where the author named none and left the choice to whoever runs the suite. */
  readonly baselines?: readonly Baseline[];
  readonly backend: Backend | string;
  readonly executor?: Executor;
}

/** How a suite augments where it says nothing. */
export const defaultAugmentation: AugmentationOptions = { ...paperAugmentation, validation: false };

/** Completes a suite and refuses, before any work, what could not run. Throws `InputError`. */
export function defineSuite<const MetricId extends string>(definition: SuiteDefinition<MetricId>): Suite {
  const { augmentation } = definition;
  const suite: Suite = {
    name: definition.name,
    data: definition.data,
    ...(definition.transferTo && { transferTo: definition.transferTo }),
    networks: definition.networks,
    losses: [definition.loss].flat(),
    optimizers: [definition.optimizer].flat(),
    metrics: definition.metrics,
    rankBy: definition.rankBy ?? definition.metrics[0]?.id ?? "",
    folds: definition.folds ?? 4,
    seeds: definition.seeds ?? [1],
    split: { stratify: false, seed: 1, ...definition.split },
    trainings: completeTrainings(definition.training),
    ...(definition.trainingImages && { trainingImages: definition.trainingImages }),
    augmentation: augmentation === null ? null : { ...defaultAugmentation, ...augmentation },
    ensembles: (definition.ensembles ?? []).map((given) => ({ select: "best", weights: "equal", ...given })),
    ...(definition.baselines && { baselines: definition.baselines }),
    backend: definition.backend ?? "auto",
    ...(definition.executor && { executor: definition.executor }),
  };
  const problem = findProblem(suite);
  if (problem) throw new InputError(`Suite "${suite.name}": ${problem}`);
  return suite;
}

function findProblem(suite: Suite): string | undefined {
  const { trainings, trainingImages, metrics, networks } = suite;
  const metricIds = scoreNames(metrics);
  if (!/^[\w.-]{1,100}$/.test(suite.name) || /^\.+$/.test(suite.name)) {
    return `the name becomes part of paths, so it takes 1 to 100 letters, digits, '-', '_' and '.', not only dots. Try "${suggestedName(suite.name)}".`;
  }
  const transfer = suite.transferTo && findTransferProblem(suite.name, Object.keys(suite.transferTo));
  if (transfer) return transfer;
  for (const [key, list] of Object.entries({ networks, metrics, losses: suite.losses, optimizers: suite.optimizers })) {
    if (list.length === 0) return `${key} is empty. Name at least one.`;
  }
  for (const id of metricIds) {
    if (metricIds.indexOf(id) !== metricIds.lastIndexOf(id))
      return `the metric "${id}" is listed twice with the same options.`;
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
  for (const [i, count] of (trainingImages ?? []).entries()) {
    if (!Number.isSafeInteger(count) || count < 1) {
      return `trainingImages[${i}] must be a whole number of at least 1, but is ${count}.`;
    }
    if (trainingImages?.indexOf(count) !== i) return `trainingImages[${i}] is ${count}, which is already in the list.`;
  }
  if (trainingImages?.length === 0) return "trainingImages is an empty list. Leave it out to train with all images.";
  const fault = suite.augmentation && findAugmentationProblem(suite.augmentation, trainings);
  if (fault) return fault;
  const problem = findProblemOfTrainings(trainings, networks, metricIds);
  if (problem) return problem;
  const named = [
    ["rankBy", suite.rankBy] as const,
    ...suite.ensembles.map(({ by }, i) => [`ensembles[${i}].by`, by] as const),
  ];
  for (const [where, id] of named) if (!metricIds.includes(id)) return unknownScore(where, id, metricIds);
  for (const [i, ensemble] of suite.ensembles.entries()) {
    const { top, select, weights, by } = ensemble;
    const least = select === "best" ? 2 : 1;
    if (!Number.isInteger(top) || top < least) return `ensembles[${i}].top must be at least ${least}, but is ${top}.`;
    if (weights === "score" && select === "greedy") {
      return `ensembles[${i}].weights is "score", but greedy selection weighs members itself. Leave it out.`;
    }
    if (weights === "score" && metricsByName(suite).get(by)?.goal !== "maximize") {
      return `ensembles[${i}].weights is "score", but lower is better for "${by}". Rank by another metric, or leave it out.`;
    }
  }
  return undefined;
}

/** Returns an error message about the names of other data, or undefined if they are valid. */
function findTransferProblem(suite: string, names: readonly string[]): string | undefined {
  if (names.length === 0) return 'transferTo names no data. Leave it out, or name some: { "other": … }.';
  for (const name of names) {
    if (!/^[\w.-]{1,100}$/.test(name) || /^\.+$/.test(name)) {
      return `transferTo[${JSON.stringify(name)}]: the name becomes part of paths, so it takes 1 to 100 letters, digits, '-', '_' and '.', not only dots. Try "${suggestedName(name)}".`;
    }
    const twin = names.find((other) => other !== name && other.toLowerCase() === name.toLowerCase());
    if (twin !== undefined) {
      return `transferTo[${JSON.stringify(name)}] and transferTo[${JSON.stringify(twin)}] differ in capitals alone, and are one name on some disks. Rename one.`;
    }
    if (name.toLowerCase() === suite.toLowerCase()) {
      return `transferTo[${JSON.stringify(name)}] has the name of the suite, which stands for the suite's own data. Take another one.`;
    }
  }
  return undefined;
}

/** Returns an error message about the strengths of an augmentation, or undefined if they are valid. */
function findAugmentationProblem(
  augmentation: AugmentationOptions,
  trainings: readonly TrainingVariant[],
): string | undefined {
  const smallest = Math.min(...trainings.map(({ options }) => options.patch));
  const strengths = {
    ...{ rotation: 360, shift: 1, shear: 89, zoom: 0.99 },
    ...{ blur: smallest / 3, brightness: 100, contrast: 0.99, gamma: 10, noise: 10, cutOut: 1, elastic: smallest / 4 },
  };
  for (const [key, most] of Object.entries(strengths)) {
    const value = augmentation[key as keyof typeof strengths];
    if (!(value >= 0 && value <= most)) {
      return `augmentation.${key} must be a number from 0 (off) to ${Number(most.toPrecision(3))}, but is ${value}.`;
    }
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
