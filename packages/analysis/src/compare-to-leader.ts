import { type Goal, isBetter, type MethodStatistics } from "@em-stellar/core";
import { bcaInterval } from "./bca-interval.js";
import type { Bootstrap } from "./bootstrap.js";
import { holm } from "./holm.js";
import type { UnitScores } from "./unit-scores.js";
import { wilcoxonSignedRank } from "./wilcoxon.js";

/** A method's scores on units, with their bootstrap. */
export interface Contender {
  readonly scores: UnitScores;
  readonly bootstrap: Bootstrap;
}

/**
 * Compares each method with the leader on the units that both have a score on: signed-rank tests, corrected for their
 * number, and the interval of the difference from the same resamples.
 */
export function compareToLeader(
  leader: Contender,
  others: readonly Contender[],
  goal: Goal,
  level: number,
): NonNullable<MethodStatistics["comparison"]>[] {
  const tests = others.map(({ scores }) => {
    const pairs = leader.scores.values.flatMap((a, unit) => {
      const b = scores.values[unit];
      return a === undefined || b === undefined ? [] : [[a, b] as const];
    });
    const test = wilcoxonSignedRank(
      pairs.map(([a]) => a),
      pairs.map(([, b]) => b),
    );
    return { units: pairs.length, ...test };
  });
  const adjusted = holm(tests.map(({ p }) => p));
  return tests.map(({ units, p, greater, less }, i) => {
    const difference = differenceOf(leader.bootstrap, (others[i] as Contender).bootstrap); // one test for each
    const { low, high } = bcaInterval(difference, level);
    const corrected = adjusted[i] as number; // one for each test
    const leaderAhead = isBetter(goal, greater, less); // rank sums of the differences that speak for either
    return {
      units,
      difference: difference.estimate ?? null,
      interval: low === undefined ? null : { low, high },
      p,
      adjusted: corrected,
      better: corrected > 1 - level + 1e-12 ? null : leaderAhead ? "leader" : "method",
    };
  });
}

/** The bootstrap of the difference of two scores, draw by draw. */
function differenceOf(a: Bootstrap, b: Bootstrap): Bootstrap {
  const subtract = (x: number | undefined, y: number | undefined) =>
    x === undefined || y === undefined ? undefined : x - y;
  return {
    resamples: a.resamples,
    estimate: subtract(a.estimate, b.estimate),
    values: a.values.map((value, i) => subtract(value, b.values[i])),
    jackknife: a.jackknife.map((value, i) => subtract(value, b.jackknife[i])),
  };
}
