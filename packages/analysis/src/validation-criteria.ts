import { finishedRuns, type Goal, goalOf, type Results, type RunResult, type Statistics } from "@em-stellar/core";
import { type BootstrapIntervalOptions, bootstrapInterval } from "./bootstrap-interval.js";
import { averageRanks } from "./ranks.js";

/** Fewer trainings say nothing of how a correlation would vary. */
const fewest = 6;

/**
 * How well the loss and each metric on validation images predict the test score by which methods rank, over all trainings of
 * networks (folds × seeds): Spearman's rank correlation with a bootstrap interval over trainings, 1 where the better is always
 * the better; and the mean test score of the weights that a criterion chose, where trainings kept weights by it. From the best
 * correlation to the worst.
 */
export function validationCriteria(
  results: Omit<Results, "statistics">,
  options: Partial<BootstrapIntervalOptions> = {},
): NonNullable<Statistics["criteria"]> {
  const { rankedBy } = results;
  const runs = results.methods.filter(({ kind }) => kind === "network").flatMap((method) => finishedRuns(method));
  if (runs.length === 0) return [];
  return ["loss", ...results.metrics.map(({ id }) => id)]
    .map((criterion) => {
      const pairs = runs.flatMap((run) => {
        const [here, there] = [run.validation[criterion], run.pooled[rankedBy]];
        return typeof here === "number" && typeof there === "number" ? [[here, there] as const] : [];
      });
      const goals = [goalOf(results, criterion), goalOf(results, rankedBy)] as const;
      const of = (places: readonly number[]) =>
        spearman(
          places.map((place) => pairs[place] as readonly [number, number]), // places of pairs
          goals,
        );
      const result = pairs.length < fewest ? undefined : bootstrapInterval(pairs.length, of, options);
      const chosen = meanChosen(runs, criterion, rankedBy);
      return {
        criterion,
        runs: pairs.length,
        correlation: of([...pairs.keys()]) ?? null,
        interval: result?.low === undefined ? null : { low: result.low, high: result.high },
        ...(chosen !== undefined && { chosen }),
      };
    })
    .sort((a, b) => (b.correlation ?? -2) - (a.correlation ?? -2));
}

/** Spearman's rank correlation of pairs, ties at their mean ranks; undefined where one side does not vary. */
export function spearman(
  pairs: readonly (readonly [number, number])[],
  goals: readonly [Goal, Goal] = ["maximize", "maximize"],
): number | undefined {
  const [a, b] = ([0, 1] as const).map((side) => {
    const ranks = averageRanks(
      pairs.map((pair) => pair[side]),
      goals[side],
    );
    return ranks.map((rank) => rank - (pairs.length + 1) / 2); // the mean of all ranks, ties or not
  }) as [number[], number[]];
  const sum = (x: readonly number[], y: readonly number[]) =>
    x.reduce((total, each, i) => total + each * (y[i] as number), 0);
  const spread = Math.sqrt(sum(a, a) * sum(b, b));
  return spread > 0 ? sum(a, b) / spread : undefined;
}

/** Mean test score of the weights that a criterion chose; undefined unless every training kept some by it. */
function meanChosen(runs: readonly RunResult[], criterion: string, rankedBy: string): number | undefined {
  const scores = runs.map(
    ({ criteria, checkpoint, pooled }) =>
      criteria?.find((each) => each.criterion === criterion)?.pooled[rankedBy] ??
      (checkpoint?.criterion === criterion ? pooled[rankedBy] : undefined),
  );
  const defined = scores.filter((score) => typeof score === "number");
  return defined.length < runs.length ? undefined : defined.reduce((total, score) => total + score, 0) / defined.length;
}
