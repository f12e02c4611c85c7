import type { MetricStatistics, Statistics } from "@em-stellar/core";
import { neededUnits } from "./critical-difference.js";
import { smallestP } from "./wilcoxon.js";
import { alphaOf, comparedWithLeader, testName } from "./wording.js";

/**
 * In plain words: which method leads, which cannot be told apart from it and which do worse, or that the sample cannot
 * decide and why, with the number of units.
 */
export function conclusion(
  { leader, decidable, methods }: MetricStatistics,
  { kind, count }: Pick<Statistics["units"], "kind" | "count">,
  level: number,
): string {
  const others = methods.flatMap(({ method, comparison }) => (comparison ? [{ method, ...comparison }] : []));
  const compared = others.length === 0 ? count : Math.max(...others.map(({ units }) => units));
  const plural = compared === 1 ? "" : "s";
  const units = kind === "images" ? `${compared} test image${plural}` : `${compared} group${plural} of test images`;
  const unit = kind === "images" ? "image" : "group";
  if (leader === null) return `No method has a score on the ${units}, so there is nothing to compare.`;
  if (others.length === 0) return `Only ${leader} has a score on the ${units}, so there is nothing to compare it with.`;
  if (compared <= 1) return `${leader} leads, but ${units} cannot tell how methods would compare on others.`;
  if (!decidable) {
    const rivals = others.length === 1 ? `${others[0]?.method}` : `any of the ${others.length} other methods`;
    const aim = `To reach ${alphaOf(level)}${others.length === 1 ? "" : ` in ${others.length} comparisons`}`;
    return `${leader} leads, but ${units} cannot tell it from ${rivals}: even a method that does better on every one of them reaches only p = ${Number(smallestP(compared).toPrecision(3))} (two-sided signed-rank test). ${aim} takes at least ${neededUnits(others.length, 1 - level)} ${unit}s.`;
  }
  return `On ${units}, ${comparedWithLeader(leader, others, `${unit}s`)} (${testName(others.length, level)}).`;
}
