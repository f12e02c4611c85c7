/** Which way a score is good. */
export type Goal = "maximize" | "minimize";

/** A score; `null` and `undefined` where it is not defined. */
export type MaybeScore = number | null | undefined;

/**
 * Orders scores best first, as `sort` wants it: below 0 where `a` is better, above 0 where `b` is. A score that is not
 * defined (or is NaN) is worse than every score, whichever way the goal goes, and equal to any other such score.
 */
export function compareScores(goal: Goal, a: MaybeScore, b: MaybeScore): number {
  if (!isDefined(a) || !isDefined(b)) return Number(!isDefined(a)) - Number(!isDefined(b));
  if (a === b) return 0;
  return a < b === (goal === "minimize") ? -1 : 1;
}

/** Whether `a` is better than `b`: any score is better than none, and none is never better. */
export function isBetter(goal: Goal, a: MaybeScore, b: MaybeScore): boolean {
  return compareScores(goal, a, b) < 0;
}

/** A copy of the list, best first; equal items, and those without a score at the end, keep their order. */
export function bestFirst<T>(goal: Goal, items: readonly T[], scoreOf: (item: T) => MaybeScore): T[] {
  return items.toSorted((a, b) => compareScores(goal, scoreOf(a), scoreOf(b)));
}

/** The best item, the first of equals; undefined where none has a score. */
export function bestOf<T>(goal: Goal, items: readonly T[], scoreOf: (item: T) => MaybeScore): T | undefined {
  const [best] = bestFirst(goal, items, scoreOf);
  return best !== undefined && isDefined(scoreOf(best)) ? best : undefined;
}

function isDefined(score: MaybeScore): score is number {
  return typeof score === "number" && !Number.isNaN(score);
}
