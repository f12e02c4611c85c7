import { InputError, type Metric } from "@em-stellar/core";
import type { Bootstrap } from "./bootstrap.js";
import { rankGroups } from "./ranks.js";

/** How firm the place of one method is when the units are drawn again. */
export interface RankStability {
  /** Share of resamples with rank 1, 2, …; methods that tie split the places they share evenly. */
  readonly shares: readonly number[];
  /** Best rank of the middle `level` of the resamples. */
  readonly low: number;
  /** Worst rank there. */
  readonly high: number;
}

/**
 * Ranks methods on every resample: bootstraps of one score each, all of the same resamples, in the order of the methods.
 * A method whose score is not defined on a resample shares the last places there. Throws `InputError` where the
 * resamples are not the same.
 */
export function rankStability(
  methods: readonly Bootstrap[],
  goal: Metric["goal"],
  level = 0.95,
): readonly RankStability[] {
  const resamples = methods[0]?.resamples;
  if (!resamples) return [];
  if (methods.some((method) => method.resamples !== resamples)) {
    throw new InputError("Methods can be ranked on each resample only where all were computed on the same resamples.");
  }
  const shares = methods.map(() => methods.map(() => 0));
  const total = resamples.weights.reduce((sum, weight) => sum + weight, 0);
  resamples.weights.forEach((weight, draw) => {
    const values = methods.map((method) => method.values[draw]);
    for (const { first, last, members } of rankGroups(values, goal)) {
      for (const i of members) {
        const row = shares[i] as number[];
        for (let rank = first; rank <= last; rank++)
          row[rank - 1] = (row[rank - 1] as number) + weight / total / members.length;
      }
    }
  });
  return shares.map((row) => ({ shares: row, ...middle(row, level) }));
}

/** The ranks between which the middle `level` of the resamples lies. */
function middle(shares: readonly number[], level: number): { low: number; high: number } {
  const tail = (1 - level) / 2 + 1e-9; // a share that rounds to the tail is in it
  const reach = (from: readonly number[]) => {
    let sum = 0;
    return from.findIndex((share) => {
      sum += share;
      return sum > tail;
    });
  };
  return { low: reach(shares) + 1, high: shares.length - reach([...shares].reverse()) };
}
