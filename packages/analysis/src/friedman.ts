import { InputError, type Metric } from "@em-stellar/core";
import { chiSquaredTail, fTail } from "./distributions.js";
import { rankGroups } from "./ranks.js";

export interface FriedmanResult {
  /** Mean over the rows of each column's rank, 1 for the best. */
  readonly meanRanks: readonly number[];
  /** Chi-squared with one degree of freedom less than there are columns; 0 where all are equal. */
  readonly statistic: number;
  readonly p: number;
  /**
   * Iman & Davenport's (1980, doi:10.1080/03610928008827904) p, of F = (n - 1) χ² / (n (k - 1) - χ²): better than that of
   * chi-squared, which finds too little with few rows (Demšar, 2006).
   */
  readonly imanDavenport: number;
}

/**
 * Friedman's test of whether several methods (columns) rank alike over several data sets (rows), corrected for ties
 * (Friedman 1937, doi:10.1080/01621459.1937.10503522). The chi-squared approximation is rough below about 10 rows. Throws
 * `InputError` for fewer than 3 columns (use {@link wilcoxonSignedRank}), fewer than 2 rows, or rows that differ in length.
 */
export function friedman(scores: readonly (readonly number[])[], goal: Metric["goal"]): FriedmanResult {
  const [rows, columns] = [scores.length, scores[0]?.length ?? 0];
  if (rows < 2 || columns < 3 || scores.some((row) => row.length !== columns)) {
    throw new InputError(
      `Friedman's test takes at least 2 rows (data sets) of at least 3 columns (methods) each, but was given rows of ${scores.map((row) => row.length).join(", ") || "nothing"}.`,
    );
  }
  const sums = new Array<number>(columns).fill(0);
  let ties = 0;
  for (const row of scores) {
    for (const { first, last, members } of rankGroups(row, goal)) {
      for (const i of members) sums[i] = (sums[i] as number) + (first + last) / 2;
      ties += members.length ** 3 - members.length;
    }
  }
  const squares = sums.reduce((total, sum) => total + sum ** 2, 0);
  const plain = (12 / (rows * columns * (columns + 1))) * squares - 3 * rows * (columns + 1);
  const correction = 1 - ties / (rows * columns * (columns ** 2 - 1));
  const statistic = correction <= 0 ? 0 : Math.max(0, plain / correction);
  const left = rows * (columns - 1) - statistic;
  const f = ((rows - 1) * statistic) / left;
  return {
    // All rows in the same order leave nothing over; F is then without bounds.
    imanDavenport:
      statistic === 0 ? 1 : left <= 1e-9 * statistic ? 0 : fTail(f, columns - 1, (columns - 1) * (rows - 1)),
    meanRanks: sums.map((sum) => sum / rows),
    statistic,
    p: chiSquaredTail(statistic, columns - 1),
  };
}
