import type { Ranking, ScoredMethod } from "../scoreboard.js";
import { compareMethodScores, finishedRuns, type MethodScore, methodScore, summarise } from "./method-score.js";
import { chosenRun, goalOf } from "./ranking.js";

/** The network of a run that is to be used on new images. */
export interface ChosenNetwork<M extends ScoredMethod = ScoredMethod> {
  readonly method: M;
  /** Of its trainings the best on validation images. */
  readonly run: M["runs"][number];
  /** Which images chose the network: those of the test where no network has a score on validation images. */
  readonly by: "validation" | "test";
  /** What chose it, by the ranking metric; undefined where no network has a score at all. */
  readonly score: MethodScore | undefined;
  /** Networks that finished a training: it was chosen from these. */
  readonly among: number;
}

/**
 * The network with the best mean on the validation images of its finished trainings, by the ranking metric, the first of
 * equals. The test images have no say: a choice by them would flatter their score. Where no network has a validation score,
 * theirs decides, and `by` says so. Undefined where no network finished a training.
 */
export function chosenNetwork<M extends ScoredMethod>(board: Ranking<M>): ChosenNetwork<M> | undefined {
  const networks = board.methods.filter((method) => method.kind === "network" && finishedRuns(method).length > 0);
  const { rankedBy } = board;
  const goal = goalOf(board, rankedBy);
  const validated = networks.map((method) => ({ method, score: validationScore(method, rankedBy) }));
  const by = validated.some(({ score }) => score) ? "validation" : "test";
  const scored =
    by === "validation" ? validated : networks.map((method) => ({ method, score: methodScore(method, rankedBy) }));
  const [best] = scored.sort((a, b) => compareMethodScores(goal, a.score, b.score));
  const run = best && chosenRun<M["runs"][number]>(best.method, board);
  return best && run && { ...best, run, by, among: networks.length };
}

/** Mean and range of a method's scores on validation images; undefined where no finished run has one. */
function validationScore(method: Pick<ScoredMethod, "runs">, metric: string): MethodScore | undefined {
  return summarise(finishedRuns(method).map(({ validation }) => validation[metric]));
}
