import { statistics } from "@em-stellar/analysis";
import { type MethodResult, type Results, type RunResult, resultsSchema, schemaVersion } from "@em-stellar/core";
import { recordOf } from "./method.js";
import { componentsOf, environmentOf, type OpenRun, testPaths } from "./open-run.js";
import { isBetter } from "./score.js";
import { metricsByName } from "./suite-metrics.js";

/** The results of the jobs that have finished, method by method, without ensembles. */
export function methodResult(
  run: OpenRun,
  name: string,
  runs: RunResult[],
  cost: Pick<MethodResult, "parameters" | "complexity"> = {},
): MethodResult {
  const method = run.methods.find((candidate) => candidate.name === name);
  return {
    name,
    kind: method?.kind ?? "network",
    components: method ? componentsOf(run, method) : [],
    ...cost,
    runs,
    pooled: meanOf(
      [...metricsByName(run.suite).keys()],
      runs.filter(({ state }) => state === "done"),
    ),
  };
}

/** Puts everything together, best method first, with how sure it is. */
export function assembleResults(
  run: OpenRun,
  methods: readonly MethodResult[],
  jobWarnings: readonly { code: string; message: string }[],
): Results {
  const { suite, train, test, folds, registry } = run;
  const ids = (indices: readonly number[]) => indices.map((i) => train[i]?.id ?? "");
  const goal = metricsByName(suite).get(suite.rankBy)?.goal ?? "maximize";
  const ranked = [...methods].sort((a, b) => {
    const [x, y] = [a.pooled[suite.rankBy], b.pooled[suite.rankBy]];
    return isBetter(goal, x, y) ? -1 : isBetter(goal, y, x) ? 1 : 0;
  });
  const results: Omit<Results, "statistics"> = {
    schemaVersion,
    suite: suite.name,
    finished: new Date().toISOString(),
    metrics: [...metricsByName(suite)].map(([id, { goal, range, options }]) => ({
      id,
      goal,
      range: [...range] as [number | null, number | null],
      options: { ...options },
    })),
    rankedBy: suite.rankBy,
    data: {
      source: recordOf(suite.data, registry.origin("data", suite.data.id)),
      train: train.length,
      test: test.length,
      groups: [...new Set(train.flatMap(({ group }) => (group === undefined ? [] : [group])))],
      folds: folds.map((fold) => ({ train: ids(fold.train), validation: ids(fold.validation) })),
      foreground: run.foreground,
      hash: run.dataHash,
      testImages: test.map(({ id, group, image: { width, height } }) => ({
        id,
        width,
        height,
        ...testPaths(id),
        ...(group !== undefined && { group }),
      })),
    },
    training: { ...suite.training, augmentation: suite.augmentation, seeds: suite.seeds, split: suite.split },
    environment: environmentOf(run),
    methods: ranked,
    warnings: [...run.warnings, ...jobWarnings, ...warnOfFloors(ranked, suite.rankBy, goal)],
  };
  const metrics = [...metricsByName(suite)].map(([id, { fromParts }]) => ({ id, ...(fromParts && { fromParts }) }));
  return resultsSchema.parse({ ...results, statistics: statistics(results, { metrics }) });
}

/** The table of every number, one row for each method, fold, seed and image. */
export function resultsCsv({ methods, metrics }: Results): string {
  const header = ["method", "kind", "fold", "seed", "state", "image", ...metrics.map(({ id }) => id)];
  const rows = methods.flatMap(({ name, kind, runs }) =>
    runs.flatMap(({ fold, seed, state, pooled, perImage }) =>
      [{ image: "(all)", values: pooled }, ...perImage].map(({ image, values }) => [
        name,
        kind,
        fold,
        seed,
        state,
        image,
        ...metrics.map(({ id }) => values[id] ?? ""),
      ]),
    ),
  );
  return `${[header, ...rows].map((row) => row.map(csvField).join(",")).join("\n")}\n`;
}

function csvField(value: string | number): string {
  const text = String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function meanOf(ids: readonly string[], runs: readonly RunResult[]): Record<string, number | null> {
  return Object.fromEntries(
    ids.map((id) => {
      const values = runs.map(({ pooled }) => pooled[id]).filter((value): value is number => typeof value === "number");
      return [id, values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length];
    }),
  );
}

function warnOfFloors(methods: readonly MethodResult[], rankedBy: string, goal: "maximize" | "minimize") {
  const floor = methods.find(({ kind }) => kind === "baseline");
  if (!floor) return [];
  return methods
    .filter(
      ({ kind, pooled, runs }) =>
        kind === "network" &&
        runs.some(({ state }) => state === "done") &&
        !isBetter(goal, pooled[rankedBy], floor.pooled[rankedBy]),
    )
    .map(({ name, pooled }) => ({
      code: "below-floor",
      message: `${name} does not beat the floor "${floor.name}" (${rankedBy} ${format(pooled[rankedBy])} against ${format(floor.pooled[rankedBy])}): it has learnt nothing that a simple threshold does not know. Train it longer, or check the data.`,
    }));
}

function format(value: number | null | undefined): string {
  return typeof value === "number" ? value.toFixed(3) : "not defined";
}
