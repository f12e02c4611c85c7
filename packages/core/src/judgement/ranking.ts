import type { MetricRecord } from "../results.js";
import type { Ranking, ScoredMethod, ScoredRun } from "../scoreboard.js";
import { bestFirst, type Goal } from "./compare-scores.js";
import { compareMethodScores, finishedRuns, type MethodScore, methodScore } from "./method-score.js";

/** A method in its place. */
export interface RankedMethod<M extends ScoredMethod = ScoredMethod> {
  readonly method: M;
  /** From 1 for the best; undefined for baselines and for methods without a score. */
  readonly rank: number | undefined;
  readonly score: MethodScore | undefined;
}

/** Which way a metric of a scoreboard is good. A criterion that is no metric is the loss: the lower the better. */
export function goalOf(
  { metrics }: { readonly metrics: readonly Pick<MetricRecord, "id" | "goal">[] },
  id: string,
): Goal {
  return metrics.find((metric) => metric.id === id)?.goal ?? (id === "loss" ? "minimize" : "maximize");
}

/** Whether a method is a floor or a classifier: it takes no rank among networks and ensembles. */
export function isBaseline({ kind }: Pick<ScoredMethod, "kind">): boolean {
  return kind === "baseline";
}

/** Whether a network has to beat a method to be of use at all. A classifier learns, so it is no floor. */
export function isFloor({ kind, role }: Pick<ScoredMethod, "kind" | "role">): boolean {
  return kind === "baseline" && role !== "classifier";
}

/** All methods, baselines among them, from best to worst by a metric; equal ones keep their order. */
export function methodsByScore<M extends ScoredMethod>(
  board: Ranking<M>,
  metric = board.rankedBy,
): { method: M; score: MethodScore | undefined }[] {
  const goal = goalOf(board, metric);
  return board.methods
    .map((method) => ({ method, score: methodScore(method, metric) }))
    .sort((a, b) => compareMethodScores(goal, a.score, b.score));
}

/** Those that compete, from best to worst by the ranking metric, then the baselines likewise; what has no score comes last. */
export function rankMethods<M extends ScoredMethod>(board: Ranking<M>): RankedMethod<M>[] {
  const order = methodsByScore(board);
  return [
    ...order.filter(({ method }) => !isBaseline(method)).map((entry, i) => ({ ...entry, rank: entry.score && i + 1 })),
    ...order.filter(({ method }) => isBaseline(method)).map((entry) => ({ ...entry, rank: undefined })),
  ];
}

/** The best floor of a ranking; undefined where no floor has a score. */
export function bestFloor<R extends RankedMethod>(ranked: readonly R[]): R | undefined {
  return ranked.find(({ method, score }) => isFloor(method) && score);
}

/** The best classifier of a ranking; undefined where no classifier has a score. */
export function bestClassifier<R extends RankedMethod>(ranked: readonly R[]): R | undefined {
  return ranked.find(({ method, score }) => isBaseline(method) && !isFloor(method) && score);
}

/** Whether a score is better than a floor's. What is as good as the floor does not beat it, nor does what has no score. */
export function beatsFloor(goal: Goal, score: MethodScore | undefined, floor: MethodScore | undefined): boolean {
  return compareMethodScores(goal, score, floor) < 0;
}

/** The best floor of a scoreboard, where a method does not beat it by the ranking metric; undefined where it does, or there is none. */
export function unbeatenFloor<M extends ScoredMethod>(board: Ranking<M>, method: M): RankedMethod<M> | undefined {
  const ranked = rankMethods(board);
  const floor = bestFloor(ranked);
  const own = ranked.find((entry) => entry.method === method)?.score;
  return floor && !beatsFloor(goalOf(board, board.rankedBy), own, floor.score) ? floor : undefined;
}

/**
 * The run of a method that did best on its own validation images by the ranking metric, the first of equals: chosen without
 * a look at the test images. Undefined where no run finished.
 */
export function chosenRun<Run extends ScoredRun>(
  method: { readonly runs: readonly Run[] },
  board: Pick<Ranking, "metrics" | "rankedBy">,
): Run | undefined {
  const { rankedBy } = board;
  return bestFirst(goalOf(board, rankedBy), finishedRuns(method), ({ validation }) => validation[rankedBy])[0];
}
