import { InputError } from "@em-stellar/core";
import { normalCdf } from "./distributions.js";
import { averageRanks } from "./ranks.js";
import { isSame } from "./rounding.js";

/** Pairs up to which the distribution is computed exactly. */
const mostExact = 50;

export interface WilcoxonResult {
  /** Pairs that differ. */
  readonly pairs: number;
  /** Sum of the ranks of pairs in which the first is greater. */
  readonly greater: number;
  /** Sum of the ranks of pairs in which the first is less. */
  readonly less: number;
  /** Two-sided; 1 where no pair differs. */
  readonly p: number;
  /** The smallest p that this many pairs can give: 0.125 for 4. */
  readonly smallest: number;
  /** Whether p is exact, rather than from the normal approximation. */
  readonly exact: boolean;
}

/**
 * Wilcoxon's signed-rank test of paired scores, two-sided (Wilcoxon 1945, doi:10.2307/3001968). Pairs that are equal are
 * left out, as Wilcoxon did; differences of equal size share their mean rank. Equal means equal up to rounding. Up to 50
 * pairs p is exact, ties included: the distribution over all 2^n signs of the ranks that there are. Beyond, it is the
 * normal approximation with corrections for ties and for continuity. Throws `InputError` where the lists differ in
 * length or hold something that is not a finite number.
 */
export function wilcoxonSignedRank(first: readonly number[], second: readonly number[]): WilcoxonResult {
  if (first.length !== second.length) {
    throw new InputError(
      `A paired test needs a partner for each score, but was given ${first.length} and ${second.length} scores.`,
    );
  }
  const stray = [...first, ...second].find((score) => !Number.isFinite(score));
  if (stray !== undefined) {
    throw new InputError(`A paired test needs finite scores, but was given ${stray}. Leave out pairs with no score.`);
  }
  const differences = first.flatMap((a, i) => {
    const b = second[i] as number; // same length
    return isSame(a, b) ? [] : [a - b];
  });
  const pairs = differences.length;
  const smallest = smallestP(pairs);
  if (pairs === 0) return { pairs, greater: 0, less: 0, p: 1, smallest, exact: true };
  const ranks = averageRanks(differences.map(Math.abs), "minimize");
  const greater = ranks.reduce((sum, rank, i) => sum + ((differences[i] as number) > 0 ? rank : 0), 0);
  const less = (pairs * (pairs + 1)) / 2 - greater;
  const exact = pairs <= mostExact;
  const p = exact ? exactP(ranks, Math.min(greater, less)) : normalP(ranks, greater);
  return { pairs, greater, less, p, smallest, exact };
}

/** The smallest two-sided p of a signed-rank test on this many pairs, 2 / 2^n: all of them differ in one direction. */
export function smallestP(pairs: number): number {
  return Math.min(1, 2 ** (1 - pairs));
}

/** Twice the share of sign patterns whose rank sum is at most `statistic`. Twice a mean rank is a whole number. */
function exactP(ranks: readonly number[], statistic: number): number {
  let shares = Float64Array.of(1); // by doubled rank sum
  for (const rank of ranks) {
    const step = 2 * rank;
    const next = new Float64Array(shares.length + step);
    shares.forEach((share, sum) => {
      next[sum] = (next[sum] as number) + share / 2;
      next[sum + step] = (next[sum + step] as number) + share / 2;
    });
    shares = next;
  }
  const tail = shares.subarray(0, Math.round(2 * statistic) + 1).reduce((sum, share) => sum + share, 0);
  return Math.min(1, 2 * tail);
}

function normalP(ranks: readonly number[], statistic: number): number {
  // The variance of a sum of signed ranks, whatever ties there are among them.
  const deviation = Math.sqrt(ranks.reduce((sum, rank) => sum + rank ** 2, 0) / 4);
  const mean = ranks.reduce((sum, rank) => sum + rank, 0) / 2;
  const distance = Math.max(0, Math.abs(statistic - mean) - 0.5);
  return Math.min(1, 2 * normalCdf(-distance / deviation));
}
