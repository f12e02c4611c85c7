/** What pairs of feature maps add up to, however they come. */
export interface PairCounts {
  pairs: number;
  /** Sum of |r|. */
  sumAbs: number;
  /** Pairs with an |r| above the threshold. */
  above: number;
  /** Pairs in bins of equal width from -1 to 1, the last one closed. */
  readonly histogram: number[];
}

export function noPairs(bins: number): PairCounts {
  return { pairs: 0, sumAbs: 0, above: 0, histogram: new Array<number>(bins).fill(0) };
}

/** Counts one pair; `r` may pass 1 by a rounding. */
export function countPair(counts: PairCounts, r: number, threshold: number): void {
  const { histogram } = counts;
  const size = Math.min(1, Math.abs(r));
  counts.pairs++;
  counts.sumAbs += size;
  if (size > threshold) counts.above++;
  const bin = Math.max(0, Math.min(histogram.length - 1, Math.floor(((r + 1) / 2) * histogram.length)));
  histogram[bin] = (histogram[bin] as number) + 1;
}
