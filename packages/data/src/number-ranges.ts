/** First and last number, both of them in it. */
export type NumberRange = readonly [first: number, last: number];

/**
 * Parts of a numbered set of images. Slices of a stack are counted from 1, as Fiji does; of files, it is the last number in
 * the name that counts (16 in `slice-016.tif`).
 */
export interface RangeOptions {
  /** Numbers that are held out for the test. `null`: none. */
  readonly testRange: NumberRange | null;
  /** Numbers that are always validated on, in place of folds. `null`: none. */
  readonly validationRange: NumberRange | null;
  /**
   * Images this near to one that is tested or validated on are not learnt from: neighbouring slices nearly repeat each other.
   * 0 keeps them all.
   */
  readonly gap: number;
  /** Groups by number: `[[1, 10], [11, 20]]` makes two, each of which stays on one side of a split. `null`: none. */
  readonly groupRanges: readonly NumberRange[] | null;
}

/** Nothing is held out by number. */
export const noRanges = {
  testRange: null,
  validationRange: null,
  gap: 0,
  groupRanges: null,
} as const satisfies RangeOptions;

/** Returns an error message, or undefined if the options are valid. */
export function rangesProblem({ testRange, validationRange, gap, groupRanges }: RangeOptions): string | undefined {
  for (const [option, range] of Object.entries({ testRange, validationRange })) {
    if (range !== null && !isRange(range)) {
      return `needs the first and the last number for "${option}", but was given ${JSON.stringify(range)}. Slices are counted from 1. For slices 16 to 20: [16, 20].`;
    }
  }
  if (testRange && validationRange && overlap(testRange, validationRange)) {
    return `was given testRange ${JSON.stringify(testRange)} and validationRange ${JSON.stringify(validationRange)}, which overlap. An image is for either test or validation.`;
  }
  if (!Number.isInteger(gap) || gap < 0) {
    return `needs a whole number of at least 0 for "gap", but was given ${JSON.stringify(gap)}. To leave out two slices on either side: 2.`;
  }
  if (groupRanges === null) return undefined;
  if (!Array.isArray(groupRanges) || groupRanges.length === 0 || !groupRanges.every(isRange)) {
    return `needs a list of ranges for "groupRanges", but was given ${JSON.stringify(groupRanges)}. For two groups: [[1, 10], [11, 20]].`;
  }
  const double = groupRanges.find((range, i) => groupRanges.slice(0, i).some((other) => overlap(range, other)));
  return double && `was given groupRanges that overlap (${JSON.stringify(double)}). Each image is of one group.`;
}

/** What becomes of the image of a number; `near` is too close to a held one to be used. */
export function partOf(number: number, { testRange, validationRange, gap }: RangeOptions) {
  if (testRange && away(number, testRange) === 0) return "test";
  if (testRange && away(number, testRange) <= gap) return "near";
  if (validationRange && away(number, validationRange) === 0) return "validation";
  return validationRange && away(number, validationRange) <= gap ? "near" : "train";
}

/** The group of a number: `1-10`; undefined where there are no ranges, or none holds it. */
export function groupOfNumber(number: number, { groupRanges }: RangeOptions): string | undefined {
  const range = groupRanges?.find((each) => away(number, each) === 0);
  return range && `${range[0]}-${range[1]}`;
}

function away(number: number, [first, last]: NumberRange): number {
  return Math.max(0, first - number, number - last);
}

function overlap([first, last]: NumberRange, [otherFirst, otherLast]: NumberRange): boolean {
  return first <= otherLast && otherFirst <= last;
}

/** A list from a suite may be of any form. */
function isRange(range: unknown): boolean {
  if (!Array.isArray(range)) return false;
  const [first, last]: unknown[] = range;
  return range.length === 2 && isWhole(first) && isWhole(last) && first >= 0 && last >= first;
}

function isWhole(value: unknown): value is number {
  return Number.isInteger(value);
}
