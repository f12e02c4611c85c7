import type {
  MethodResult,
  MethodStatistics,
  MetricStatistics,
  Results,
  RunResult,
  Statistics,
} from "@em-stellar/core";
import { renderSection, type Section } from "../src/section.js";
import { wordsOf } from "./metric-words.js";

/** One number a run, or several by metric; null is "not defined", "failed" a run that did not finish. */
type RunScores = number | null | "failed" | Record<string, number | null>;

export interface SmallMethod {
  name: string;
  kind?: MethodResult["kind"];
  role?: MethodResult["role"];
  /** The first metric of each run on the test images. */
  runs: readonly RunScores[];
  /** The first metric of each run on its validation images; the test value where absent. */
  validation?: readonly (number | null)[];
  /** The first metric of every run on each test image; the run's own value where absent. */
  perImage?: readonly number[];
  more?: Partial<RunResult>;
  cost?: Pick<MethodResult, "parameters" | "complexity">;
}

/** Results small enough to check by hand: run i of a method is fold i, seed 1. */
export function smallResults(methods: readonly SmallMethod[], given: Partial<Results> = {}, images = 4): Results {
  const metrics = given.metrics ?? [
    { id: "jaccard", goal: "maximize", range: [0, 1], options: { positive: "object" }, ...wordsOf("jaccard") },
  ];
  const rankedBy = given.rankedBy ?? metrics[0]?.id ?? "jaccard";
  const ids = Array.from({ length: images }, (_, i) => `image-${i}`);
  return {
    schemaVersion: 1,
    suite: "cardiac",
    finished: "2026-03-01T14:05:09.000Z",
    metrics,
    rankedBy,
    data: {
      source: { kind: "data", id: "phantom", options: {} },
      train: 16,
      test: images,
      groups: [],
      folds: [],
      foreground: 0.3,
      hash: "00",
      testImages: ids.map((id) => ({
        id,
        width: 4,
        height: 4,
        image: `test/${id}/image.png`,
        truth: `test/${id}/truth.png`,
      })),
    },
    training: {},
    environment: {},
    warnings: [],
    ...given,
    methods: methods.map(({ name, kind = "network", role, runs, validation, perImage, more, cost }) => ({
      name,
      kind,
      ...(role && { role }),
      components: [],
      ...cost,
      pooled: {},
      runs: runs.map((score, fold): RunResult => {
        const failed = score === "failed";
        const values = failed ? {} : typeof score === "object" && score !== null ? score : { [rankedBy]: score };
        return {
          fold,
          seed: 1,
          state: failed ? "failed" : "done",
          threshold: 0.5,
          steps: 10,
          seconds: 1,
          validation: { [rankedBy]: validation ? (validation[fold] ?? null) : (values[rankedBy] ?? null) },
          pooled: values,
          perImage: failed
            ? []
            : ids.map((image, i) => ({ image, values: { [rankedBy]: perImage?.[i] ?? values[rankedBy] ?? null } })),
          history: [],
          predictions: `jobs/${name}/fold-${fold}/seed-1/predictions`,
          ...more,
        };
      }),
    })),
  };
}

/** Statistics of one metric as a run records them: the first method leads, and each other says who is better, itself or the leader. */
export function smallStatistics(
  methods: readonly (Pick<MethodStatistics, "method"> & {
    interval?: readonly [low: number, high: number];
    better?: "leader" | "method" | null;
    rank?: readonly [low: number, high: number];
    more?: Partial<MethodStatistics>;
  })[],
  given: Partial<Statistics> = {},
  metric: Partial<MetricStatistics> = {},
): Statistics {
  const leader = methods[0]?.method ?? null;
  return {
    level: 0.95,
    units: { kind: "images", count: 12 },
    resamples: 2000,
    exact: false,
    sentence: `On 12 test images, ${leader} leads.`,
    metrics: {
      jaccard: {
        resampled: "pooled score",
        leader,
        decidable: true,
        methods: methods.map(({ method, interval, better, rank, more }) => ({
          method,
          estimate: interval ? (interval[0] + interval[1]) / 2 : null,
          interval: interval ? { low: interval[0], high: interval[1] } : null,
          ...(rank && { rank: { mean: 1, low: rank[0], high: rank[1], shares: [] } }),
          ...(better !== undefined && {
            comparison: { units: 12, difference: 0.1, interval: null, p: 0.01, adjusted: 0.01, better },
          }),
          ...more,
        })),
        ...metric,
      },
    },
    ...given,
  };
}

/** What a reader reads: markup without its tags. */
export function textOf(markup: string): string {
  return markup
    .replace(/<[^>]*>/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&")
    .replace(/\s+/g, " ")
    .trim();
}

/** A section as it stands on the page; empty where there is none. */
export function markupOf(section: Section | undefined): string {
  return section ? renderSection(section).markup : "";
}
