import { encodeText, InputError, type Sample, schemaVersion } from "@em-stellar/core";
import {
  type Fold,
  isOnAnotherScale,
  joinedRange,
  requireBothClasses,
  splitFolds,
  thumbnailOf,
} from "@em-stellar/data";
import { hashDataset } from "./hash.js";
import { type ShownSample, warnOfLeaks, warnOfLeaksToValidation } from "./leaks.js";
import { describeSample, loadSample } from "./loaded-sample.js";
import type { Method } from "./method.js";
import type { Plan, PlannedSample } from "./plan.js";
import type { Samples } from "./samples.js";
import { subsetOf } from "./subset.js";
import type { Suite } from "./suite.js";

/** A data set opened, and where what is read of it may stay. */
interface Sources {
  readonly train: readonly Sample[];
  readonly test: readonly Sample[];
  readonly gap?: number;
  settled?(): Promise<unknown>;
  warnings?(): Promise<readonly Warnings[number][]>;
}

type Warnings = Plan["warnings"];

/**
 * Looks through all of the data once, one image after the other: sizes, hashes, leaks, folds, jobs. Throws `InputError` for
 * everything that would make training pointless.
 */
export async function inspect(
  suite: Suite,
  methods: readonly Method[],
  dataset: Sources,
  samples: Samples,
  opening: Plan["opening"],
): Promise<Plan> {
  requireDistinctIds([...dataset.train, ...dataset.test]);
  const shown = { train: [] as ShownSample[], test: [] as ShownSample[] };
  let first: PlannedSample | undefined;
  const look = async (part: "train" | "test"): Promise<PlannedSample[]> => {
    const planned: PlannedSample[] = [];
    for (const source of dataset[part]) {
      await samples.pause();
      const loaded = await loadSample(source);
      const sample = await describeSample(
        source,
        loaded,
        suite.trainings.some(({ options }) => options.foreground !== null),
      );
      first ??= sample;
      if (sample.channels !== first.channels) {
        throw new InputError(
          `Image "${sample.id}" has ${sample.channels} channels, but "${first.id}" has ${first.channels}. All images of a suite must have the same.`,
        );
      }
      shown[part].push({ sample: source, thumbnail: thumbnailOf(sample.id, loaded.image) });
      samples.keep(sample, loaded);
      planned.push(sample);
    }
    return planned;
  };
  const train = await look("train");
  const test = await look("test");
  requireBothClasses(train.map(shareOf));
  if (test.length === 0) {
    throw new InputError(
      `The data of suite "${suite.name}" has no test images. Hold some out: only test images show how a method does on images that it has never seen.`,
    );
  }
  const units = train.map(({ id, group, ...sample }, i) => {
    const { stack, z, validation } = dataset.train[i] as Sample; // one for each
    return {
      id,
      ...(group !== undefined && { group }),
      ...(stack !== undefined && { stack }),
      ...(z !== undefined && { z }),
      ...(validation !== undefined && { validation }),
      foreground: foregroundOf([sample]),
    };
  });
  const gap = dataset.gap ?? 0;
  const split = (stratify: boolean) => splitFolds(units, { count: suite.folds, gap, ...suite.split, stratify });
  const folds = split(suite.split.stratify);
  requireObjectsInFolds(folds, train, () => split(true));
  requireEnoughImages(suite, folds, train);
  const settled = await dataset.settled?.();
  return {
    schemaVersion,
    suite: suite.name,
    planned: new Date().toISOString(),
    opening,
    data: {
      hash: await hashDataset([...train, ...test]),
      foreground: foregroundOf(train),
      train,
      test,
      ...(settled !== undefined && { settled }),
    },
    folds,
    jobs: methods.filter(isDoneItself).flatMap(({ name, kind }) =>
      folds.flatMap((_, fold) =>
        // A baseline draws no random numbers: one seed tells all.
        (kind === "network" ? suite.seeds : suite.seeds.slice(0, 1)).map((seed) => ({ method: name, fold, seed })),
      ),
    ),
    warnings: [
      ...((await dataset.warnings?.()) ?? []),
      ...warnOfSmallImages(train, suite),
      ...warnOfLeaks(shown.train, shown.test),
      ...warnOfLeaksToValidation(shown.train, folds),
      ...warnOfScales(train, test),
      ...warnOfFewImages(test),
    ],
  };
}

/** Whether a method is done itself, not another one that is the same. */
function isDoneItself(method: Method): boolean {
  return method.kind === "baseline" || method.sameAs === undefined;
}

type Mask = Pick<PlannedSample, "objects" | "width" | "height" | "ignored">;

/** Share of object pixels. */
function foregroundOf(samples: readonly Mask[]): number {
  const objects = samples.reduce((sum, sample) => sum + sample.objects, 0);
  return objects / samples.reduce((sum, { width, height, ignored = 0 }) => sum + width * height - ignored, 0);
}

function shareOf({ id, objects, width, height, ignored = 0 }: PlannedSample) {
  return { id, objects, pixels: width * height - ignored };
}

/** Names of files have at most 255 bytes on most systems, and some of ours are longer than the image's. */
const longestId = 200;

function requireDistinctIds(samples: readonly Sample[]): void {
  const seen = new Set<string>();
  for (const { id } of samples) {
    const { length } = encodeText(id);
    if (length > longestId) {
      throw new InputError(
        `The name of the image "${id.slice(0, 40)}…" has ${length} bytes, and results are kept in files by that name: at most ${longestId} are possible. Rename it.`,
      );
    }
  }
  for (const { id } of samples) {
    if (seen.has(id)) throw new InputError(`Two images are both named "${id}". Rename one: results are kept by name.`);
    seen.add(id);
  }
}

/** Throws `InputError` where the training images of a fold hold one class only, and says how to split them instead. */
function requireObjectsInFolds(
  folds: readonly Fold[],
  train: readonly PlannedSample[],
  stratified: () => Fold[],
): void {
  const pick = (indices: readonly number[]) => indices.map((i) => train[i] as PlannedSample); // splitFolds indexes `train`
  const hasBoth = (fold: Fold) => {
    const share = foregroundOf(pick(fold.train));
    return share > 0 && share < 1;
  };
  const wrong = folds.findIndex((fold) => !hasBoth(fold));
  const fold = folds[wrong];
  if (!fold) return;
  const missing = foregroundOf(pick(fold.train)) === 0 ? "object" : "background";
  const holders = pick(fold.validation).map(({ id }) => id);
  const some = holders.slice(0, 4).join(", ") + (holders.length > 4 ? ", …" : "");
  const remedy = stratified().every(hasBoth)
    ? "Set split.stratify to true: the folds then get similar shares of it."
    : "Add training images that hold some: no split of these gives every fold both classes.";
  throw new InputError(
    `Fold ${wrong}, counted from 0, would learn from masks without any ${missing}: all of it is in its validation images (${some}). ${remedy}`,
  );
}

/** Throws `InputError` where a fold has fewer training images than the suite asks for, or so many of them hold one class. */
function requireEnoughImages(
  { trainingImages = [], split }: Suite,
  folds: readonly Fold[],
  train: readonly PlannedSample[],
): void {
  for (const [i, count] of trainingImages.entries()) {
    for (const [fold, { train: places }] of folds.entries()) {
      if (count > places.length) {
        throw new InputError(
          `trainingImages[${i}] is ${count}, but fold ${fold}, counted from 0, learns from ${places.length} images. Take at most ${Math.min(...folds.map((each) => each.train.length))}.`,
        );
      }
      const subset = subsetOf(places, count, train, `${split.seed}/${fold}`).map(
        (place) => train[place] as PlannedSample,
      ); // places of these
      const share = foregroundOf(subset);
      if (share === 0 || share === 1) {
        throw new InputError(
          `With trainingImages[${i}] of ${count}, fold ${fold}, counted from 0, would learn from masks without any ${share === 0 ? "object" : "background"} (${subset.map(({ id }) => id).join(", ")}). Take more images, or another split.seed.`,
        );
      }
    }
  }
}

function warnOfSmallImages(train: readonly PlannedSample[], { trainings }: Suite): Warnings {
  const patch = Math.max(...trainings.map(({ options }) => options.patch));
  const small = train.filter(({ width, height }) => Math.min(width, height) < patch);
  const [first] = small;
  if (!first) return [];
  const those = small.length === 1 ? `Training image "${first.id}" is` : `${small.length} training images are`;
  return [
    {
      code: "patch-larger-than-image",
      message: `${those} smaller than a patch of ${patch} × ${patch} pixels ("${first.id}": ${first.width} × ${first.height}): the missing part is filled by mirroring. Use a smaller training.patch to avoid this.`,
    },
  ];
}

/** Images whose values lie elsewhere than those of the training images: 0 to 1 beside 0 to 255. */
function warnOfScales(train: readonly PlannedSample[], test: readonly PlannedSample[]): Warnings {
  const learnt = joinedRange(train);
  const odd = [...train, ...test].filter((sample) => isOnAnotherScale(sample, learnt));
  const [first] = odd;
  if (!first) return [];
  const more = odd.length > 1 ? `, and so do ${odd.length - 1} others` : "";
  return [
    {
      code: "value-range",
      message: `Image "${first.id}" holds values from ${first.lowest} to ${first.highest}, but the training images together from ${learnt.lowest} to ${learnt.highest}${more}. Are they on the same scale (0 to 1, 0 to 255, 0 to 65535)? Save all images in the same way.`,
    },
  ];
}

function warnOfFewImages(test: readonly PlannedSample[]): Warnings {
  return test.length >= 6
    ? []
    : [
        {
          code: "few-test-images",
          message: `There ${test.length === 1 ? "is 1 test image" : `are ${test.length} test images`}: too few for a paired test to distinguish close methods (with fewer than 6, no outcome reaches two-sided p < 0.05).`,
        },
      ];
}
