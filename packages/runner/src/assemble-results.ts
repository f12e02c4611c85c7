import {
  beatsFloor,
  bestFloor,
  finishedRuns,
  goalOf,
  type MethodResult,
  type MethodScore,
  type MetricRecord,
  methodScore,
  methodsByScore,
  type Ranking,
  type Results,
  type RunResult,
  rankMethods,
  resultsSchema,
  schemaVersion,
  type Warning,
} from "@em-stellar/core";
import { count } from "./count.js";
import { recordOf } from "./method.js";
import { componentsOf, environmentOf, type OpenRun, testPaths } from "./open-run.js";
import type { Suite } from "./suite.js";
import { metricsByName } from "./suite-metrics.js";
import { assembleTransfer } from "./transfer/assemble-transfer.js";

/** The results of the jobs that have finished, method by method, without ensembles. */
export function methodResult(
  run: OpenRun,
  name: string,
  runs: RunResult[],
  cost: Pick<MethodResult, "parameters" | "complexity"> = {},
): MethodResult {
  const method = run.methods.find((candidate) => candidate.name === name);
  const varied = method?.kind === "network" && run.suite.trainings.length > 1;
  const images = method?.kind === "network" ? method.images : undefined;
  return {
    name,
    kind: method?.kind ?? "network",
    ...(method?.kind === "baseline" && method.baseline.role && { role: method.baseline.role }),
    components: method ? componentsOf(run, method) : [],
    ...(varied && { training: { ...method.training } }),
    ...(images !== undefined && { trainingImages: images }),
    ...cost,
    runs,
    pooled: Object.fromEntries(
      [...metricsByName(run.suite).keys()].map((id) => [id, methodScore({ runs }, id)?.mean ?? null]),
    ),
  };
}

/** The training options that all trainings of a suite have in common. */
function commonOf({ trainings }: Suite): Record<string, unknown> {
  const [first, ...others] = trainings.map(({ options }): [string, unknown][] => Object.entries(options));
  const isCommon = ([key, value]: [string, unknown]) =>
    others.every((entries) =>
      entries.some(([other, its]) => other === key && JSON.stringify(its) === JSON.stringify(value)),
    );
  return Object.fromEntries((first ?? []).filter(isCommon));
}

/** Puts everything together, best method first, with how sure it is. */
export async function assembleResults(
  run: OpenRun,
  methods: readonly MethodResult[],
  jobWarnings: readonly Warning[],
): Promise<Results> {
  const { suite, train, test, folds, registry } = run;
  const ids = (indices: readonly number[]) => indices.map((i) => train[i]?.id ?? "");
  const metrics = [...metricsByName(suite)].map(
    ([id, { goal, range, options, citation, words }]): MetricRecord => ({
      id,
      goal,
      range: [...range],
      options: { ...options },
      ...(citation !== undefined && { citation }),
      words,
    }),
  );
  const board = { metrics, rankedBy: suite.rankBy, methods };
  const transferred = await assembleTransfer(run, metrics);
  const results: Omit<Results, "statistics"> = {
    schemaVersion,
    suite: suite.name,
    finished: new Date().toISOString(),
    metrics,
    rankedBy: suite.rankBy,
    data: {
      source: recordOf(suite.data, registry.origin("data", suite.data.id)),
      train: train.length,
      test: test.length,
      groups: [...new Set(train.flatMap(({ group }) => (group === undefined ? [] : [group])))],
      folds: folds.map((fold) => ({ train: ids(fold.train), validation: ids(fold.validation) })),
      foreground: run.plan.data.foreground,
      hash: run.plan.data.hash,
      testImages: test.map(({ id, group, width, height }) => ({
        id,
        width,
        height,
        ...testPaths(id),
        ...(group !== undefined && { group }),
      })),
    },
    training: { ...commonOf(suite), augmentation: suite.augmentation, seeds: suite.seeds, split: suite.split },
    environment: environmentOf(run),
    methods: methodsByScore(board).map(({ method }) => method),
    ...(transferred && { transfer: transferred.transfer }),
    warnings: [
      ...run.plan.warnings,
      ...jobWarnings,
      ...(transferred?.warnings ?? []),
      ...warnOfFloors(board, test.length),
    ],
  };
  const poolable = [...metricsByName(suite)].map(([id, { fromParts }]) => ({ id, ...(fromParts && { fromParts }) }));
  const { statistics } = await import("@em-stellar/analysis"); // large, and nothing before the end of a run needs it
  return resultsSchema.parse({ ...results, statistics: statistics(results, { metrics: poolable }) });
}

/** Networks that do not beat the best floor. */
function warnOfFloors(board: Ranking, images: number): Warning[] {
  const ranked = rankMethods(board);
  const floor = bestFloor(ranked);
  if (!floor) return [];
  const { rankedBy } = board;
  const goal = goalOf(board, rankedBy);
  const beaten = ranked.filter(
    ({ method, score }) =>
      method.kind === "network" && finishedRuns(method).length > 0 && !beatsFloor(goal, score, floor.score),
  );
  const [first, ...others] = beaten.map(({ method, score }) => `${method.name} (${rankedBy} ${format(score)})`);
  if (first === undefined) return [];
  const which = others.length === 0 ? `${first} does` : `${[first, ...others].join(", ")} do`;
  const learnt = others.length === 0 ? "it has" : "they have";
  return [
    {
      code: "below-floor",
      message: `${which} not beat the floor "${floor.method.name}" (${format(floor.score)}): on ${count(images, "test image")}, nothing shows that ${learnt} learnt more than this simpler method. Train longer, or check the masks.`,
    },
  ];
}

/** `0.812`, and where not every run has the score in how many. */
function format(score: MethodScore | undefined): string {
  if (!score) return "not defined";
  const { mean, values, undefinedRuns } = score;
  return `${mean.toFixed(3)}${undefinedRuns === 0 ? "" : ` in ${values.length} of ${values.length + undefinedRuns} runs`}`;
}
