import {
  goalOf,
  InputError,
  type Metric,
  type MetricStatistics,
  methodsByScore,
  type Results,
  type Scoreboard,
  type Statistics,
  scoreboardOfRun,
} from "@em-stellar/core";
import { bcaInterval } from "./bca-interval.js";
import { bootstrap } from "./bootstrap.js";
import type { BootstrapIntervalOptions } from "./bootstrap-interval.js";
import { type Contender, compareToLeader } from "./compare-to-leader.js";
import { conclusion } from "./conclusion.js";
import { rankStability } from "./rank-stability.js";
import { averageRanks } from "./ranks.js";
import { drawResamples, type Resamples, resamplesDefaults } from "./resamples.js";
import { isSame } from "./rounding.js";
import { unitScores } from "./unit-scores.js";
import { type Units, unitsOf } from "./units.js";
import { validationCriteria } from "./validation-criteria.js";
import { smallestP } from "./wilcoxon.js";

/** What scores are taken from: statistics that already exist play no part. */
type Board = Omit<Scoreboard, "statistics">;

export interface StatisticsOptions extends BootstrapIntervalOptions {
  /** The metrics as the suite configured them: those with `fromParts` get intervals of their pooled score. */
  metrics: readonly Pick<Metric, "id" | "fromParts">[];
}

export const statisticsDefaults: StatisticsOptions = { ...resamplesDefaults, level: 0.95, metrics: [] };

/**
 * How sure the scores of a run or of a scoreboard are: an interval for every method and metric, the comparison of each with the leader, ranks
 * and how firm they are, and a sentence. Networks, ensembles and floors are treated alike. The same scores give the same
 * statistics.
 *
 * Images (groups of them from six on) are drawn again, all runs of a method (folds × seeds) together and
 * averaged, all methods on the same draws. Runs are not drawn: folds share training images, so they are no independent
 * sample, and an ensemble has only one. What is inferred holds for these trained models on other images; how much another
 * training would change is to be seen from the range of the runs.
 */
export function statistics(
  scores: Omit<Results, "statistics"> | Board,
  options: Partial<StatisticsOptions> = {},
): Statistics {
  const board: Board = "suite" in scores ? scoreboardOfRun(scores) : scores;
  const { metrics, level, ...drawing } = { ...statisticsDefaults, ...options };
  const units = unitsOf(board);
  if (units.images.length === 0) {
    throw new InputError(
      `The results of "${board.name}" name no test images, so nothing can be said about their scores.`,
    );
  }
  const resamples = drawResamples(units.images.length, drawing);
  const byMetric = board.metrics.map(({ id }) => {
    const metric = metrics.find((candidate) => candidate.id === id) ?? { id };
    return [id, metricStatistics(board, metric, units, resamples, level)] as const;
  });
  const ranking = byMetric.find(([id]) => id === board.rankedBy)?.[1];
  const described = { kind: units.kind, count: units.images.length };
  const criteria = "suite" in scores ? validationCriteria(scores, { level, ...drawing }) : [];
  return {
    level,
    ...(criteria.length > 0 && { criteria }),
    units: { ...described, ...(units.note === undefined ? {} : { note: units.note }) },
    resamples: resamples.exact ? resamples.units ** resamples.units : resamples.draws.length,
    exact: resamples.exact,
    metrics: Object.fromEntries(byMetric),
    ...(ranking
      ? conclusion(ranking, described, level)
      : { sentence: `The run has no metric "${board.rankedBy}" to compare methods by.` }),
  };
}

function metricStatistics(
  board: Board,
  metric: StatisticsOptions["metrics"][number],
  units: Units,
  resamples: Resamples,
  level: number,
): MetricStatistics {
  const goal = goalOf(board, metric.id);
  const { resampled, methods } = unitScores(board.methods, metric, units);
  const contenders = methods.map(
    (scores): Contender => ({ scores, bootstrap: bootstrap(resamples, scores.statistic) }),
  );
  const leader = leaderOf(contenders, board, metric.id);
  const others = contenders.filter((contender) => contender !== leader && isDefined(contender));
  const comparisons = leader ? compareToLeader(leader, others, goal, level) : [];
  const stability =
    resamples.units > 1
      ? rankStability(
          contenders.map((contender) => contender.bootstrap),
          goal,
          level,
        )
      : [];
  const ranks = units.images.map((_, unit) =>
    averageRanks(
      methods.map(({ values }) => values[unit]),
      goal,
    ),
  );
  const most = Math.max(0, ...comparisons.map((comparison) => comparison.units));
  return {
    resampled,
    leader: leader?.scores.method ?? null,
    decidable: comparisons.length > 0 && comparisons.length * smallestP(most) <= 1 - level + 1e-12,
    methods: contenders.map((contender, i) => {
      const result = bcaInterval(contender.bootstrap, level);
      const place = stability[i];
      const comparison = comparisons[others.indexOf(contender)];
      return {
        method: contender.scores.method,
        estimate: contender.bootstrap.estimate ?? null,
        ...(result.low === undefined
          ? { interval: null, reason: result.reason }
          : { interval: { low: result.low, high: result.high } }),
        ...(place && {
          rank: {
            mean: ranks.reduce((sum, row) => sum + (row[i] as number), 0) / ranks.length, // one for each method
            low: place.low,
            high: place.high,
            shares: place.shares.map((share) => Number(share.toFixed(6))),
          },
        }),
        ...(comparison && { comparison }),
      };
    }),
  };
}

function isDefined({ bootstrap, scores }: Contender): boolean {
  return bootstrap.estimate !== undefined && scores.values.some((value) => value !== undefined);
}

/** The best method of the ranking by a metric that can be compared; of several that are equal up to rounding, the first in the results. */
function leaderOf(contenders: readonly Contender[], board: Board, metric: string): Contender | undefined {
  const order = methodsByScore(board, metric).flatMap(({ method, score }) => {
    const contender = contenders.find(({ scores }) => scores.method === method.name);
    return score && contender && isDefined(contender) ? [{ contender, method, score }] : [];
  });
  const [best] = order;
  const equal = order.filter(
    ({ score }) => best && isSame(score.mean, best.score.mean) && score.undefinedRuns === best.score.undefinedRuns,
  );
  return contenders.find((contender) => equal.some((entry) => entry.contender === contender));
}
