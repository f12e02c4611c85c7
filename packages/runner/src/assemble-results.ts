import { type MethodResult, type Results, type RunResult, resultsSchema, schemaVersion } from "@em-stellar/core";
import { recordOf } from "./method.js";
import { componentsOf, environmentOf, type OpenRun, testPaths } from "./open-run.js";
import { isBetter } from "./score.js";

/** The results of the jobs that have finished, method by method, without ensembles. */
export function methodResult(
  run: OpenRun,
  name: string,
  runs: RunResult[],
  parameters?: MethodResult["parameters"],
): MethodResult {
  const method = run.methods.find((candidate) => candidate.name === name);
  return {
    name,
    kind: method?.kind ?? "network",
    components: method ? componentsOf(run, method) : [],
    ...(parameters && { parameters }),
    runs,
    pooled: meanOf(
      run.suite.metrics.map(({ id }) => id),
      runs.filter(({ state }) => state === "done"),
    ),
  };
}

/** Puts everything together, best method first. */
export function assembleResults(
  run: OpenRun,
  methods: readonly MethodResult[],
  jobWarnings: readonly { code: string; message: string }[],
): Results {
  const { suite, train, test, folds, registry } = run;
  const ids = (indices: readonly number[]) => indices.map((i) => train[i]?.id ?? "");
  const goal = suite.metrics.find(({ id }) => id === suite.rankBy)?.goal ?? "maximize";
  const ranked = [...methods].sort((a, b) => {
    const [x, y] = [a.pooled[suite.rankBy], b.pooled[suite.rankBy]];
    return isBetter(goal, x, y) ? -1 : isBetter(goal, y, x) ? 1 : 0;
  });
  return resultsSchema.parse({
    schemaVersion,
    suite: suite.name,
    finished: new Date().toISOString(),
    metrics: suite.metrics.map(({ id, goal, range, options }) => ({
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
      testImages: test.map(({ id, image }) => ({ id, width: image.width, height: image.height, ...testPaths(id) })),
    },
    training: { ...suite.training, augmentation: suite.augmentation, seeds: suite.seeds, split: suite.split },
    environment: environmentOf(run),
    methods: ranked,
    warnings: [...run.warnings, ...jobWarnings, ...warnOfFloors(ranked, suite.rankBy, goal)],
  } satisfies Results);
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
