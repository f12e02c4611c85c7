import type { CriticalDifference } from "./critical-difference.js";
import { alphaOf, type Compared, comparedWithLeader, testName } from "./wording.js";

/** In plain words: which methods cannot be told from the one with the best mean rank over data sets, or that nothing can be told and why. */
export function overDataSets({ methods, friedman, pairs, dataSets, needed }: CriticalDifference, level = 0.95): string {
  const [leader, ...others] = methods.map(({ name }) => name) as [string, ...string[]]; // there are at least two
  const all = others.length === 1 ? `${leader} and ${others[0]}` : `the ${methods.length} methods`;
  if (dataSets < needed) {
    const comparisons = pairs.length === 1 ? "" : ` in ${pairs.length} comparisons`;
    return `${dataSets} data sets cannot tell ${all} apart, however they differ: to reach ${alphaOf(level)}${comparisons} takes at least ${needed} data sets.`;
  }
  if (friedman && friedman.p > 1 - level) {
    return `On ${dataSets} data sets, no difference between ${all} was found (Friedman's test, p = ${Number(friedman.p.toPrecision(2))}).`;
  }
  const compared = others.map((method): Compared => {
    const pair = pairs.find(({ names: [first, second] }) => first === leader && second === method);
    return { method, better: pair && pair.adjusted <= 1 - level ? "leader" : null };
  });
  return `On ${dataSets} data sets, by mean rank, ${comparedWithLeader(leader, compared, "data sets")} (${testName(pairs.length, level)}).`;
}
