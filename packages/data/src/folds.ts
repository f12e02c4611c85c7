import { createRandom, InputError } from "@em-stellar/core";

/** One split: indices of the samples that are learnt from, and of those that are not. */
export interface Fold {
  readonly train: number[];
  readonly validation: number[];
}

/** What a split needs to know of a sample. */
export interface FoldSample {
  readonly id: string;
  /** Samples of one group are never split between training and validation. */
  readonly group?: string;
  /** Share of object pixels, 0 to 1; needed to stratify. */
  readonly foreground?: number;
  /** The stack that a slice is of, and its place in it: how {@link FoldOptions.gap} knows neighbours. */
  readonly stack?: string;
  readonly z?: number;
  /** Always validated on, never learnt from: where there is one, there is one fold. */
  readonly validation?: boolean;
}

export interface FoldOptions {
  /** How many folds; every sample is validated in exactly one. */
  readonly count: number;
  readonly seed: number;
  /** Keep groups together. Default: true where any sample has a group; a sample without one then stands alone. */
  readonly grouped?: boolean;
  /** Spread samples (or groups) with much and with little object evenly over the folds. Default: false. */
  readonly stratify?: boolean;
  /** Slices this near in one stack to a validation slice are not learnt from in its fold. Default: 0. */
  readonly gap?: number;
}

/** Samples that stay together. */
interface Unit {
  readonly members: readonly number[];
  readonly foreground: number;
}

/**
 * Splits samples into folds for cross-validation, shuffled by the seed. Fold sizes are as even as the groups allow: without
 * groups they differ by at most one. Samples that are marked for validation make one fold with all others, whatever `count`
 * is. Throws `InputError` where there are more folds than samples or groups.
 */
export function splitFolds(samples: readonly FoldSample[], options: FoldOptions): Fold[] {
  const {
    count,
    seed,
    stratify = false,
    grouped = samples.some(({ group }) => group !== undefined),
    gap = 0,
  } = options;
  const marked = samples.flatMap(({ validation }, i) => (validation ? [i] : []));
  if (marked.length > 0) return [foldOf(samples, marked, gap)];
  if (!Number.isInteger(count) || count < 2) {
    throw new InputError(`Cross-validation needs at least 2 folds, but ${count} was asked for.`);
  }
  const units = unitsOf(samples, grouped);
  if (units.length < count) throw tooManyFolds(samples, units.length, count, grouped);
  if (stratify) {
    const unknown = samples.find(({ foreground }) => foreground === undefined);
    if (unknown) {
      throw new InputError(
        `Stratified folds need the share of object pixels of every sample, but "${unknown.id}" has none.`,
      );
    }
  }

  const random = createRandom(`${seed}/folds`);
  const shuffled = random.shuffle(units);
  // Stratified: rounds of one unit for each fold, all of similar foreground, so that whichever fold gets which unit, the
  // folds end alike. Otherwise one by one, the largest first, each to the emptiest fold.
  shuffled.sort((a, b) => (stratify ? b.foreground - a.foreground : b.members.length - a.members.length));
  const roundSize = stratify ? count : 1;
  const folds = Array.from({ length: count }, (): number[] => []);
  for (let start = 0; start < shuffled.length; start += roundSize) {
    const round = random.shuffle(shuffled.slice(start, start + roundSize));
    round.sort((a, b) => b.members.length - a.members.length);
    const emptiest = random.shuffle(folds).sort((a, b) => a.length - b.length);
    round.forEach((unit, i) => {
      emptiest[i]?.push(...unit.members);
    });
  }
  return folds.map((members) => foldOf(samples, members, gap));
}

/** What is left to learn from beside the validation samples. */
function foldOf(samples: readonly FoldSample[], members: readonly number[], gap: number): Fold {
  const validation = [...members].sort((a, b) => a - b);
  const held = new Set(validation);
  const places = validation.map((i) => samples[i] as FoldSample); // indices of these samples
  const isNear = ({ stack, z }: FoldSample) =>
    gap > 0 && places.some((held) => stack !== undefined && held.stack === stack && distance(held.z, z) <= gap);
  const train = samples.flatMap((sample, i) => (held.has(i) || isNear(sample) ? [] : [i]));
  if (train.length === 0) {
    throw new InputError(
      `No image is left to learn from, besides the ${validation.length} for validation${gap > 0 ? ` and a gap of ${gap}: choose a smaller gap, or fewer folds` : ""}.`,
    );
  }
  return { train, validation };
}

function distance(a: number | undefined, b: number | undefined): number {
  return a === undefined || b === undefined ? Number.POSITIVE_INFINITY : Math.abs(a - b);
}

function unitsOf(samples: readonly FoldSample[], grouped: boolean): Unit[] {
  const byGroup = new Map<string, number[]>();
  samples.forEach(({ group }, index) => {
    const key = grouped && group !== undefined ? `group ${group}` : `sample ${index}`;
    const members = byGroup.get(key);
    if (members) members.push(index);
    else byGroup.set(key, [index]);
  });
  return [...byGroup.values()].map((members) => ({
    members,
    foreground: members.reduce((sum, i) => sum + (samples[i]?.foreground ?? 0), 0) / members.length,
  }));
}

function tooManyFolds(samples: readonly FoldSample[], units: number, count: number, grouped: boolean): InputError {
  const most =
    units < 2 ? "Cross-validation needs at least 2." : `Ask for ${units === 2 ? "2" : `2 to ${units}`} folds.`;
  if (!grouped) {
    return new InputError(
      `${count} folds cannot be made of ${units} training ${units === 1 ? "image" : "images"}. ${most}`,
    );
  }
  const names = [...new Set(samples.map(({ group, id }) => group ?? id))].join(", ");
  return new InputError(
    `${count} folds cannot be made of ${units} ${units === 1 ? "group" : "groups"} (${names}): a group is never split, because its images resemble each other. ${most} Or set grouped to false if images of a group are in fact independent.`,
  );
}
