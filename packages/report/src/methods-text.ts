import type { ComponentRecord, Results } from "@em-stellar/core";
import { formatShare, formatValue, plural } from "./format.js";
import { formatLevel } from "./intervals.js";
import { metricLabel, metricOf, positiveClass } from "./metrics.js";
import { seedsOf } from "./provenance.js";
import { repeats } from "./scores.js";

/** What was done, in sentences, from what the results record; what they do not record is not said. */
export function methodsText(results: Results): string {
  return [
    ...dataSentences(results),
    ...trainingSentences(results),
    ...scoreSentences(results),
    ...otherMethods(results),
    "Scores are means over folds and seeds.",
    intervalsText(results),
    deviceText(results),
  ]
    .filter((sentence) => typeof sentence === "string" && sentence !== "")
    .join(" ");
}

type Sentences = readonly (string | false | undefined)[];

function dataSentences(results: Results): Sentences {
  const { data, environment, methods } = results;
  // A method's name begins with that of its network: `unet-bn+dice`.
  const networks = unique(methods.filter(({ kind }) => kind === "network").map(({ name }) => name.split("+")[0]));
  const { folds, seeds } = repeats(results);
  const version = environment["em-stellar"];
  const [first] = data.testImages;
  const sameSize = data.testImages.every(({ width, height }) => width === first?.width && height === first.height);
  return [
    networks.length > 0 &&
      `${plural(networks.length, "segmentation network")} (${networks.join(", ")}) ${networks.length === 1 ? "was" : "were"} benchmarked with EM-stellar${version ? ` ${version}` : ""} on ${plural(data.train, "training image")} and ${plural(data.test, "held-out test image")}${first && sameSize ? ` of ${first.width} × ${first.height} pixels` : ""} (data set "${results.suite}"); objects covered ${formatShare(data.foreground)} of the training pixels.`,
    data.folds.length > 0 &&
      `The training images were split into ${plural(folds, "fold")}${data.groups.length > 0 ? `, images of one group (${plural(data.groups.length, "group")}) kept together` : ""}; for each fold every network was trained anew from ${plural(seeds, "seed")} (${seedsOf(results).join(", ")}).`,
  ];
}

function trainingSentences(results: Results): Sentences {
  const { training } = results;
  const { patch, batchSize, checkpoints, validateEvery } = training;
  const length = trainingLength(training);
  const optimizers = partsOf(results, "optimizer");
  const [criterion, ...others] = Array.isArray(checkpoints) ? checkpoints.map(String) : [];
  const label = (id: string) => metricLabel(metricOf(results, id));
  return [
    length !== undefined &&
      `Each training took ${length}${typeof batchSize === "number" && typeof patch === "number" ? ` of ${batchSize} patches of ${patch} × ${patch} pixels` : ""}${described("with the optimizer", optimizers)}${described("on the loss", partsOf(results, "loss"))}.`,
    extendedText(results),
    ...unique(optimizers.map(scheduleText)),
    augmentationText(training),
    variedText(results),
    typeof validateEvery === "number" &&
      `Networks were validated on whole images every ${plural(validateEvery, "step")}.`,
    criterion !== undefined &&
      `The weights with the best validation ${label(criterion)} were kept${others.length > 0 ? `, and for comparison those with the best validation ${others.map(label).join(", ")}` : ""}.`,
  ];
}

function scoreSentences({ metrics, training: { threshold, testTimeAugmentation } }: Results): Sentences {
  const classes = unique(metrics.map(positiveClass)).filter((name) => name !== undefined);
  return [
    testTimeAugmentation === true && "Predictions were averaged over the 8 turns and mirror images of each image.",
    `Whole test images were predicted, and pixels with a probability above ${threshold === "validation" ? "a threshold chosen on validation images" : "0.5"} were classified as object; ${metrics.map(metricLabel).join(", ")} ${metrics.length === 1 ? "was" : "were"} computed over all pixels of all test images${classes.length === 1 ? `, with the ${classes[0]} as the positive class` : ""}.`,
  ];
}

function otherMethods({ methods }: Results): Sentences {
  const named = (kind: string) => methods.filter((method) => method.kind === kind).map(({ name }) => name);
  const [ensembles, baselines] = [named("ensemble"), named("baseline")];
  return [
    ensembles.length > 0 &&
      `Ensembles (${ensembles.join(", ")}) combine the models that ranked highest on validation images.`,
    baselines.length > 0 &&
      `Methods without a network (${baselines.join(", ")}) were fitted on the same training images.`,
  ];
}

/** `2000 steps`, `at most 2000 steps`, `30 minutes`. */
function trainingLength({ steps, minutes, earlyStopping }: Results["training"]): string | undefined {
  const length =
    typeof steps === "number"
      ? plural(steps, "step")
      : typeof minutes === "number"
        ? plural(minutes, "minute")
        : undefined;
  const mayEndSooner = Boolean(earlyStopping) || (typeof steps === "number" && typeof minutes === "number");
  return length !== undefined && mayEndSooner ? `at most ${length}` : length;
}

/** Which trainings first had fewer steps and then went on. */
function extendedText({ methods }: Results): Sentences[number] {
  const networks = methods.filter(({ kind }) => kind === "network");
  const extended = networks.flatMap(({ name, runs }) => (runs.some((run) => run.extended) ? [name] : []));
  return (
    extended.length > 0 &&
    `${extended.length === networks.length ? "The trainings were" : `Those of ${extended.join(", ")} were`} first planned shorter, and then went on to this length.`
  );
}

/** How an optimizer's learning rate went, where it has the options of a schedule. */
function scheduleText({ id, options }: ComponentRecord): string {
  const { schedule, warmupProportion, learningRate, minLearningRate } = options;
  if (typeof schedule !== "string" || typeof learningRate !== "number") return "";
  const warm =
    typeof warmupProportion === "number" && warmupProportion > 0
      ? ` rose to ${learningRate} over the first ${formatShare(warmupProportion)} of the steps and then`
      : ` began at ${learningRate} and`;
  const after =
    schedule === "constant"
      ? " stayed there"
      : ` followed a ${schedule} schedule${typeof minLearningRate === "number" && ["linear", "cosine", "polynomial"].includes(schedule) ? ` down to ${minLearningRate}` : ""}`;
  return `The learning rate of ${id}${warm}${after}.`;
}

function augmentationText({ augmentation }: Results["training"]): string | undefined {
  if (augmentation === null) return "Patches were not augmented.";
  if (typeof augmentation !== "object") return undefined;
  const used = Object.entries(augmentation).filter(
    ([name, value]) => name !== "validation" && value !== 0 && value !== false && value !== null,
  );
  return used.length === 0
    ? "Patches were not augmented."
    : `Patches were augmented at random (${used.map(([name, value]) => `${name} ${formatValue(value)}`).join(", ")}).`;
}

/** What a suite compared beside networks, losses and optimizers. */
function variedText({ methods }: Results): Sentences[number] {
  const images = unique(methods.map(({ trainingImages }) => trainingImages)).filter((count) => count !== undefined);
  const names = unique(methods.map(({ training }) => training?.name)).filter((name) => typeof name === "string");
  const parts = [
    images.length > 0 && `on ${images.join(", ")} training images of each fold`,
    names.length > 0 && `in ${plural(names.length, "way")} (${names.join(", ")})`,
  ].filter((part) => part !== false);
  return parts.length > 0 && `Every network was trained ${parts.join(" and ")}.`;
}

function intervalsText({ statistics, data }: Results): string | false {
  if (!statistics || data.test < 2) return false;
  const { level, units, resamples, exact } = statistics;
  const draws = exact ? "all possible resamples" : plural(resamples, "resample");
  return `Intervals are ${formatLevel(level)} bias-corrected and accelerated bootstrap confidence intervals over ${units.kind === "images" ? "test images" : "groups of test images"} (${draws}); methods were compared with the leader by two-sided Wilcoxon signed-rank tests over ${units.kind} with Holm’s correction.`;
}

function deviceText({ environment: { backend, device } }: Results): string | undefined {
  if (!backend) return undefined;
  return `Computations ran on ${device?.startsWith(backend) ? device : [backend, device].filter(Boolean).join(", ")}.`;
}

function described(words: string, parts: readonly ComponentRecord[]): string {
  if (parts.length === 0) return "";
  const each = parts.map(({ id, options }) => {
    const listed = Object.entries(options).map(([name, value]) => `${name} ${formatValue(value)}`);
    return listed.length === 0 ? id : `${id} (${listed.join(", ")})`;
  });
  return ` ${words} ${each.join(" or ")}`;
}

/** The different components of a kind that networks were trained with. */
function partsOf({ methods }: Results, kind: string): ComponentRecord[] {
  const parts = methods
    .filter((method) => method.kind === "network")
    .flatMap(({ components }) => components.filter((part) => part.kind === kind));
  return [...new Map(parts.map((part) => [JSON.stringify([part.id, part.options]), part])).values()];
}

function unique<T>(items: readonly T[]): T[] {
  return [...new Set(items)];
}
