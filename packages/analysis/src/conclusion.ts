import type { MetricStatistics, Statistics } from "@em-stellar/core";
import { neededUnits } from "./critical-difference.js";
import { smallestP } from "./wilcoxon.js";
import { alphaOf, capital, comparedWithLeader, inWords, testName } from "./wording.js";

/**
 * In plain words: which method leads, which cannot be told apart from it and which do worse, or that there are too few
 * units to decide and how many would do. `detail` names the test and its numbers; it is absent where nothing was tested.
 */
export function conclusion(
  { leader, decidable, methods }: MetricStatistics,
  { kind, count }: Pick<Statistics["units"], "kind" | "count">,
  level: number,
): Pick<Statistics, "sentence" | "detail"> {
  const others = methods.flatMap(({ method, comparison }) => (comparison ? [{ method, ...comparison }] : []));
  const compared = others.length === 0 ? count : Math.max(...others.map(({ units }) => units));
  const [unit, images] = kind === "images" ? ["image", "test image"] : ["group", "group"];
  const several = kind === "images" ? "test images" : "groups of test images";
  const units = compared === 1 ? `1 ${images}` : `${compared} ${several}`;
  if (leader === null) return { sentence: `No method has a score on the ${units}, so there is nothing to compare.` };
  if (others.length === 0)
    return { sentence: `Only ${leader} has a score on the ${units}, so there is nothing to compare it with.` };
  if (compared === 0) return { sentence: `No ${images} has a score of two methods, so there is nothing to compare.` };
  if (!decidable) {
    const few = compared === 1 ? `One ${images} is` : `${capital(inWords(compared))} ${several} are`;
    const rivals =
      others.length === 1 ? `${leader} and ${others[0]?.method}` : `these ${inWords(others.length + 1)} methods`;
    const needed = neededUnits(others.length, 1 - level);
    const label = kind === "images" ? `Label at least ${needed}` : `Label images of at least ${needed} groups`;
    const correction = others.length === 1 ? "" : ` after Holm’s correction for ${others.length} comparisons`;
    return {
      sentence: `${few} too few to tell ${rivals} apart. ${label}.`,
      detail: `In a two-sided signed-rank test on ${units}, even a method that does better on every one reaches only p = ${Number(smallestP(compared).toPrecision(3))}. To be told apart from ${leader} it would have to reach ${alphaOf(level)}${correction}.`,
    };
  }
  return {
    sentence: `On ${units}, ${comparedWithLeader(leader, others, `${unit}s`)}.`,
    detail: `Methods were compared with ${leader} by ${testName(others.length, level)}.`,
  };
}
