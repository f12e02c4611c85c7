import { finishedRuns, type MethodResult, type Results } from "@em-stellar/core";

/** What docs/paper.json keeps of a run: scores alone. */
export interface Summary {
  readonly suite: string;
  readonly finished: string;
  readonly device: string;
  readonly rankedBy: string;
  readonly metrics: readonly { readonly id: string; readonly goal: "maximize" | "minimize" }[];
  readonly data: {
    readonly train: number;
    readonly test: number;
    readonly folds: number;
    readonly objectShare: number;
  };
  /** Trainings of networks. */
  readonly trainings: { readonly finished: number; readonly planned: number };
  readonly methods: readonly MethodSummary[];
  readonly criteria: readonly CriterionSummary[];
}

export interface MethodSummary {
  readonly name: string;
  readonly kind: MethodResult["kind"];
  /** Of a baseline; absent: a floor. */
  readonly role?: MethodResult["role"];
  readonly parameters?: number;
  /** Floating-point operations for one patch. */
  readonly operations?: number;
  /** Processor time of one training, in the mean, in seconds. */
  readonly seconds?: number;
  /** Mean scores over the trainings. */
  readonly scores: Readonly<Record<string, number | null>>;
  /** 95 % bootstrap interval over test images of the score that ranks. */
  readonly interval?: readonly [low: number, high: number];
  /** Whether the run could tell the method from its leader by the score that ranks; absent for the leader. */
  readonly toldFromLeader?: boolean;
  readonly runs: readonly RunSummary[];
  readonly trainingImages?: number;
  readonly batchSize?: number;
  readonly learningRate?: number;
}

/** One training, by the score that ranks. */
interface RunSummary {
  readonly fold: number;
  readonly seed: number;
  readonly validation: number | null;
  readonly test: number | null;
}

interface CriterionSummary {
  readonly criterion: string;
  readonly trainings: number;
  readonly correlation: number | null;
  readonly interval: readonly [low: number, high: number] | null;
  /** Mean test score of the weights that it chose. */
  readonly chosen: number | null;
}

/** The scores of a run's results; `jobs` are the paths of all that it planned, finished or not. */
export function summaryOf(results: Results, jobs: readonly string[]): Summary {
  const { rankedBy, metrics, data, environment, statistics } = results;
  const of = (kind: string) => results.methods.filter((method) => method.kind === kind);
  const baselines = of("baseline").map(({ name }) => name);
  const planned = jobs.filter((job) => !baselines.includes(job.split("/")[0] ?? "")).length;
  return {
    suite: results.suite,
    finished: results.finished.slice(0, 10),
    device: environment.device ?? "unknown",
    rankedBy,
    metrics: metrics.map(({ id, goal }) => ({ id, goal })),
    data: { train: data.train, test: data.test, folds: data.folds.length, objectShare: rounded(data.foreground) },
    trainings: { finished: of("network").flatMap(finishedRuns).length, planned },
    methods: results.methods
      .filter((method) => finishedRuns(method).length > 0)
      .map((method) => methodOf(method, results)),
    criteria: (statistics?.criteria ?? []).map(({ criterion, runs, correlation, interval, chosen }) => ({
      criterion,
      trainings: runs,
      correlation: maybe(correlation),
      interval: interval && [rounded(interval.low), rounded(interval.high)],
      chosen: maybe(chosen),
    })),
  };
}

function methodOf(method: MethodResult, { rankedBy, statistics }: Results): MethodSummary {
  const runs = finishedRuns(method);
  const known = statistics?.metrics[rankedBy]?.methods.find((entry) => entry.method === method.name);
  const processor = runs.flatMap(({ processorSeconds }) => processorSeconds ?? []);
  const rate = method.components.find(({ kind }) => kind === "optimizer")?.options.learningRate;
  const batch = method.training?.batchSize;
  return {
    name: method.name,
    kind: method.kind,
    ...(method.role && { role: method.role }),
    ...(method.parameters && { parameters: method.parameters.trainable }),
    ...(method.complexity && { operations: method.complexity.flops.allOp }),
    ...(processor.length > 0 && { seconds: Math.round(mean(processor)) }),
    scores: Object.fromEntries(Object.entries(method.pooled).map(([id, value]) => [id, maybe(value)])),
    ...(known?.interval && { interval: [rounded(known.interval.low), rounded(known.interval.high)] }),
    ...(known?.comparison && { toldFromLeader: known.comparison.better !== null }),
    runs: runs.map(({ fold, seed, validation, pooled }) => ({
      fold,
      seed,
      validation: maybe(validation[rankedBy]),
      test: maybe(pooled[rankedBy]),
    })),
    ...(method.trainingImages !== undefined && { trainingImages: method.trainingImages }),
    ...(typeof batch === "number" && { batchSize: batch }),
    ...(method.kind === "network" && typeof rate === "number" && { learningRate: rate }),
  };
}

/** The mean of some numbers; NaN for none. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function rounded(value: number): number {
  return Number(value.toFixed(4));
}

function maybe(value: number | null | undefined): number | null {
  return value === null || value === undefined ? null : rounded(value);
}
