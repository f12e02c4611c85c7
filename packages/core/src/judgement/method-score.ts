import type { ScoredMethod } from "../scoreboard.js";
import { compareScores, type Goal, type MaybeScore } from "./compare-scores.js";

/** What a method reached by one metric, over its finished runs. */
export interface MethodScore {
  /** Of the runs that have the score. */
  readonly mean: number;
  /** The lowest and the highest value of any run. */
  readonly low: number;
  readonly high: number;
  /** Those of the runs that have the score. */
  readonly values: readonly number[];
  /** Finished runs without the score, because it is not defined for what they predict. */
  readonly undefinedRuns: number;
}

/** Runs that came to their end. */
export function finishedRuns<Run extends { readonly state: string }>({ runs }: { readonly runs: readonly Run[] }) {
  return runs.filter((run) => run.state === "done");
}

/** Mean and range of a method's pooled test scores; undefined where no finished run has one. */
export function methodScore(method: Pick<ScoredMethod, "runs">, metric: string): MethodScore | undefined {
  return summarise(finishedRuns(method).map(({ pooled }) => pooled[metric]));
}

/** Mean and range of what is defined in a list, which is never empty where something is; undefined where nothing is. */
export function summarise(given: readonly MaybeScore[]): MethodScore | undefined {
  const values = given.filter((value): value is number => typeof value === "number");
  if (values.length === 0) return undefined;
  return {
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
    low: Math.min(...values),
    high: Math.max(...values),
    values,
    undefinedRuns: given.length - values.length,
  };
}

/**
 * Orders methods best first, as `sort` wants it. A mean leaves out the runs that have no score, and what is not defined
 * must not help: a method that has the score in all of its runs stands before one that has it in some, and of two that
 * lack it in some the one that lacks it in the smaller share is better. Otherwise the means decide.
 */
export function compareMethodScores(goal: Goal, a: MethodScore | undefined, b: MethodScore | undefined): number {
  if (!a || !b) return compareScores(goal, a?.mean, b?.mean);
  const share = ({ values, undefinedRuns }: MethodScore) => values.length / (values.length + undefinedRuns);
  return share(b) - share(a) || compareScores(goal, a.mean, b.mean);
}
