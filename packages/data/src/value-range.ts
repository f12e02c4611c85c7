/** Lowest and highest value of an image, or of several. */
export interface ImageRange {
  readonly lowest: number;
  readonly highest: number;
}

/** The range of several images together. */
export function joinedRange(ranges: readonly ImageRange[]): ImageRange {
  return {
    lowest: ranges.reduce((lowest, range) => Math.min(lowest, range.lowest), Number.POSITIVE_INFINITY),
    highest: ranges.reduce((highest, range) => Math.max(highest, range.highest), Number.NEGATIVE_INFINITY),
  };
}

/**
 * Whether an image's values lie on another scale than those of the others, as 8 bits do from 16, or 0 to 1 from 0 to 255: far
 * beyond their range, or within a twentieth of it.
 */
export function isOnAnotherScale({ lowest, highest }: ImageRange, others: ImageRange): boolean {
  const span = others.highest - others.lowest;
  const beyond = Math.max(others.lowest - lowest, highest - others.highest);
  return beyond > span / 2 || highest - lowest < span / 20;
}
