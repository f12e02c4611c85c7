import type { Sample } from "@em-stellar/core";
import { type Fold, findNearDuplicates, type NearDuplicate, type Thumbnail } from "@em-stellar/data";
import type { Plan } from "./plan.js";

/** A sample with what it looks like. */
export interface ShownSample {
  readonly sample: Pick<Sample, "id" | "group" | "stack" | "z">;
  readonly thumbnail: Thumbnail;
}

type Warnings = Plan["warnings"];

/**
 * Next to each other in a stack, images show the same objects, also where they resemble each other less than near copies do:
 * above this correlation of their thumbnails, which unrelated images hardly reach (0.35).
 */
const likeNeighbours = 0.36;

/** Warns of test images that nearly repeat a training image, lie next to one in its stack, or share its group. */
export function warnOfLeaks(train: readonly ShownSample[], test: readonly ShownSample[]): Warnings {
  return [...warnOfCopies(train, test), ...warnOfNeighbours(train, test), ...warnOfSharedGroups(train, test)];
}

function warnOfCopies(train: readonly ShownSample[], test: readonly ShownSample[]): Warnings {
  const found = nearCopies(train, test).sort((a, b) => b.similarity - a.similarity);
  const [first] = found;
  if (!first) return [];
  const pair = `"${first.test}" is nearly the training image "${first.train}" (correlation ${first.similarity.toFixed(3)})`;
  return [
    {
      code: "leak",
      message: `${found.length === 1 ? `Test image ${pair}` : `${found.length} of ${test.length} test images are nearly a training image: ${pair}`}. Scores on ${found.length === 1 ? "it" : "them"} show how well a method remembers, not how well it segments new images.`,
    },
  ];
}

function warnOfNeighbours(train: readonly ShownSample[], test: readonly ShownSample[]): Warnings {
  const copies = new Set(nearCopies(train, test).map((pair) => pair.test));
  const found = neighbours(train, test).filter((pair) => !copies.has(pair.test));
  const [first] = found;
  if (!first) return [];
  const pair = `"${first.test}" follows or precedes the training image "${first.train}" in its stack`;
  return [
    {
      code: "neighbouring-slices",
      message: `${found.length === 1 ? `Test image ${pair}` : `${found.length} of ${test.length} test images are next to a training image: ${pair}`} (correlation ${first.similarity.toFixed(3)}). They show the same objects, so scores are too good. Leave slices between them out with gap.`,
    },
  ];
}

function warnOfSharedGroups(train: readonly ShownSample[], test: readonly ShownSample[]): Warnings {
  const learnt = new Set(train.map(({ sample }) => sample.group));
  const held = test.flatMap(({ sample: { group } }) => (group !== undefined && learnt.has(group) ? [group] : []));
  const shared = [...new Set(held)].sort();
  if (shared.length === 0) return [];
  const names = shared.slice(0, 4).join(", ") + (shared.length > 4 ? ", …" : "");
  return [
    {
      code: "shared-groups",
      message: `${held.length} of ${test.length} test images are of a group that is learnt from (${names}). Images of a group resemble each other, so scores on them are too good for images of other groups. Hold out whole groups, with testGroups or testShare.`,
    },
  ];
}

/** Neighbouring slices on both sides of a fold: what chooses checkpoints and thresholds has then been learnt already. */
export function warnOfLeaksToValidation(shown: readonly ShownSample[], folds: readonly Fold[]): Warnings {
  if (shown.some(({ sample }) => sample.group !== undefined)) return []; // groups are never split
  const pick = (places: readonly number[]) => places.map((i) => shown[i] as ShownSample); // places of these
  const found = folds.flatMap((fold) => {
    const [train, validation] = [pick(fold.train), pick(fold.validation)];
    const pairs = [...nearCopies(train, validation), ...neighbours(train, validation)];
    return [...new Map(pairs.reverse().map((pair) => [pair.test, pair])).values()];
  });
  const [first] = found.sort((a, b) => b.similarity - a.similarity);
  if (!first) return [];
  return [
    {
      code: "validation-leak",
      message: `${found.length} of ${folds.reduce((sum, { validation }) => sum + validation.length, 0)} validation images are nearly an image that is learnt from, as slices of a stack are, such as "${first.test}" and "${first.train}" (correlation ${first.similarity.toFixed(3)}). Validation then favours networks that remember. Keep neighbours together: groupBy or groupRanges for a folder, blocks for a stack, or leave them out with gap.`,
    },
  ];
}

function nearCopies(train: readonly ShownSample[], test: readonly ShownSample[]): NearDuplicate[] {
  return findNearDuplicates(thumbnailsOf(train), thumbnailsOf(test));
}

/** Test images that lie next to a training image in one stack, and look like it. */
function neighbours(train: readonly ShownSample[], test: readonly ShownSample[]): NearDuplicate[] {
  return test.flatMap(({ sample: { stack, z }, thumbnail }) => {
    if (stack === undefined || z === undefined) return [];
    const near = train.filter(({ sample }) => sample.stack === stack && Math.abs((sample.z ?? Number.NaN) - z) === 1);
    return findNearDuplicates(thumbnailsOf(near), [thumbnail], likeNeighbours);
  });
}

function thumbnailsOf(shown: readonly ShownSample[]): Thumbnail[] {
  return shown.map(({ thumbnail }) => thumbnail);
}
