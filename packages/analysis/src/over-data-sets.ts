import type { CriticalDifference } from "./critical-difference.js";
import { type Compared, capital, comparedWithLeader, inWords, testName } from "./wording.js";

/** In plain words: which methods cannot be told from the one with the best mean rank over data sets, or that nothing can be told and why. */
export function overDataSets({ methods, friedman, pairs, dataSets, needed }: CriticalDifference, level = 0.95): string {
  const [leader, ...others] = methods.map(({ name }) => name) as [string, ...string[]]; // there are at least two
  const all = others.length === 1 ? `${leader} and ${others[0]}` : `these ${inWords(methods.length)} methods`;
  if (dataSets < needed) {
    return `${capital(inWords(dataSets))} data sets are too few to tell ${all} apart. Compare on at least ${needed}.`;
  }
  if (friedman && friedman.imanDavenport > 1 - level) {
    return `On ${dataSets} data sets, no difference between ${all} was found (Friedman's test after Iman and Davenport, p = ${Number(friedman.imanDavenport.toPrecision(2))}).`;
  }
  const compared = others.map((method): Compared => {
    const pair = pairs.find(({ names: [first, second] }) => first === leader && second === method);
    return { method, better: pair && pair.adjusted <= 1 - level ? "leader" : null };
  });
  return `On ${dataSets} data sets, by mean rank, ${comparedWithLeader(leader, compared, "data sets")} (${testName(pairs.length, level)}).`;
}
