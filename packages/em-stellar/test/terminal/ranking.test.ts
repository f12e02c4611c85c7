import type { MethodResult, Results, RunResult } from "@em-stellar/core";
import { describe, expect, it } from "vitest";
import { lostJobs } from "../../src/lost-jobs.js";
import { classifierSentence, floorSentence, lostLines, rankingTable } from "../../src/terminal/ranking.js";
import { nextSteps, timeSentence } from "../../src/terminal/run-end.js";
import { transferTable } from "../../src/terminal/transfer-table.js";

const run = (state: "done" | "failed", seconds: number): RunResult => ({
  fold: 0,
  seed: 1,
  state,
  threshold: 0.5,
  steps: 10,
  seconds,
  validation: {},
  pooled: {},
  perImage: [],
  history: [],
  predictions: "",
});
const method = (name: string, kind: MethodResult["kind"], jaccard: number | null, runs: RunResult[]): MethodResult => ({
  name,
  kind,
  components: [],
  runs: runs.map((each) => (each.state === "done" ? { ...each, pooled: { jaccard, f1: jaccard } } : each)),
  pooled: { jaccard, f1: jaccard },
});
const metric = (id: string, goal: "maximize" | "minimize") => ({
  id,
  goal,
  range: [0, 1] satisfies [number, number],
  options: {},
});
const results = (methods: MethodResult[], goal: "maximize" | "minimize" = "maximize"): Results => ({
  schemaVersion: 1,
  suite: "cells",
  finished: "2026-01-01T00:00:00Z",
  metrics: [metric("jaccard", goal), metric("f1", "maximize")],
  rankedBy: "jaccard",
  data: {
    source: { kind: "data", id: "none", options: {} },
    train: 1,
    test: 1,
    groups: [],
    folds: [],
    foreground: 0.5,
    hash: "",
    testImages: [],
  },
  training: {},
  environment: {},
  methods,
  warnings: [],
});

const unet = method("unet", "network", 0.71, [run("done", 50), run("done", 40), run("failed", 1)]);
const unetBn = method("unet-bn", "network", 0.9, [run("done", 60)]);
const dead = method("dead", "network", null, [run("failed", 2)]);
const average = method("average", "ensemble", 0.91, [run("done", 0)]);
const otsu = method("otsu", "baseline", 0.5, [run("done", 0)]);
const blur = method("smoothed-threshold", "baseline", 0.8, [run("done", 0)]);

describe("the ranking", () => {
  it("keeps a row for a method of which nothing is recorded", () => {
    const job = (fold: number) => ({ job: { method: "cdeep3m", fold, seed: 1 }, reason: "its process ended" });
    expect(
      rankingTable(results([unet, otsu]), 80, [job(0), job(1)])
        .split("\n")
        .slice(2),
    ).toEqual([
      "1  unet       0.710  0.710  2 (1 failed)  1 min 31 s",
      "   cdeep3m      n/a    n/a  0 (2 failed)",
      "─".repeat(52),
      "   otsu       0.500  0.500                       0 s",
    ]);
    expect(lostLines([job(0)], 4)).toEqual([
      "! 1 of 4 jobs did not finish. Run the same command again to try them again:",
      "✗ cdeep3m/fold-0/seed-1: its process ended",
    ]);
  });

  it("is a table with the floors below a rule", () => {
    expect(`\n${rankingTable(results([otsu, unet, blur, dead, average, unetBn]))}\n`).toBe(`
   method              jaccard     f1     trainings        time
───────────────────────────────────────────────────────────────
1  average               0.910  0.910                       0 s
2  unet-bn               0.900  0.900             1  1 min 00 s
3  unet                  0.710  0.710  2 (1 failed)  1 min 31 s
4  dead                    n/a    n/a  0 (1 failed)         2 s
───────────────────────────────────────────────────────────────
   smoothed-threshold    0.800  0.800                       0 s
   otsu                  0.500  0.500                       0 s
`);
  });

  it("leaves metrics out where the terminal is narrow, and says so", () => {
    const table = (columns: number) => rankingTable(results([unetBn, otsu]), columns).split("\n");
    // 0, method, jaccard, trainings, time: 1 + 7 + 7 + 9 + 10 characters and 2 between
    expect(table(42)).toEqual([
      "   method   jaccard  trainings        time",
      "─".repeat(42),
      "1  unet-bn    0.900          1  1 min 00 s",
      "─".repeat(42),
      "   otsu       0.500                    0 s",
      "… and 1 more metric in results.csv and the report.",
    ]);
    expect(table(49)[0]).toBe("   method   jaccard     f1  trainings        time");
    for (let columns = 42; columns < 60; columns++) {
      for (const line of table(columns).slice(0, 5)) expect(line.length).toBeLessThanOrEqual(columns);
    }
  });
});

describe("the table of transfer", () => {
  it("has a row for what was trained on and a column for what was tested on", () => {
    const cell = (trainedOn: string, testedOn: string, mean: number | null) => ({
      ...{ method: "unet", trainedOn, testedOn, trainings: 1 },
      scores: { jaccard: { mean, interval: mean === null ? null : { low: mean - 0.1, high: mean + 0.1 } } },
    });
    const transfer = {
      sources: ["cells", "other"].map((name) => ({ name, train: 1, test: 1, hash: "" })),
      jobs: [],
      cells: [cell("cells", "cells", 0.9), cell("cells", "other", 0.4), cell("other", "cells", null)],
      level: 0.95,
    };
    expect(transferTable({ ...results([unet]), transfer })?.split("\n")).toEqual([
      "jaccard by what was trained on and tested on:",
      "method  trained on      tested on cells      tested on other",
      "─".repeat(60),
      "unet    cells       0.900 (0.800–1.000)  0.400 (0.300–0.500)",
      "unet    other                       n/a                  n/a",
    ]);
    expect(transferTable(results([unet]))).toBeUndefined();
  });

  it("tells trainings on other data that failed or never ended from those that are done", () => {
    const job = (fold: number) => ({ method: "unet+on-other", fold, seed: 1 });
    const jobs = [
      { ...job(0), state: "done" as const },
      { ...job(1), state: "failed" as const, failure: "NaN" },
    ];
    const transfer = { sources: [], jobs, cells: [], level: 0.95 };
    expect(lostJobs([job(0), job(1), job(2)], { methods: [unet], transfer }, new Map())).toEqual([
      { job: job(1), reason: "NaN" },
      { job: job(2), reason: "it did not finish" },
    ]);
  });
});

describe("the sentence on the classifiers", () => {
  const forest = (jaccard: number): MethodResult => ({
    ...method("forest", "baseline", jaccard, [run("done", 0)]),
    role: "classifier",
  });

  it("names the networks that are no better; a classifier is no floor", () => {
    expect(classifierSentence(results([unetBn, unet, forest(0.8), otsu]))).toBe(
      "1 network of 2 does no better than the best classifier without a network (forest, jaccard 0.800): unet.",
    );
    expect(floorSentence(results([unetBn, unet, forest(0.8), otsu]))).toBe(
      "Every network beats every floor (the best: otsu, jaccard 0.500).",
    );
    expect(classifierSentence(results([unetBn, unet, forest(0.95)]))).toBe(
      "No network does better than the best classifier without a network (forest, jaccard 0.950).",
    );
    expect(classifierSentence(results([unetBn, unet, forest(0.5)]))).toBe(
      "Every network does better than the best classifier without a network (forest, jaccard 0.500).",
    );
  });

  it("is left out where there is no classifier, or no network", () => {
    expect(classifierSentence(results([unet, otsu]))).toBeUndefined();
    expect(classifierSentence(results([forest(0.8), otsu]))).toBeUndefined();
  });
});

describe("the sentence on the floors", () => {
  it("says that all beat them, or which do not", () => {
    expect(floorSentence(results([unetBn, otsu, blur]))).toBe(
      "The network beats every floor (the best: smoothed-threshold, jaccard 0.800).",
    );
    expect(floorSentence(results([unetBn, unet, dead, blur]))).toBe(
      "! 2 networks of 3 did not beat the best floor (smoothed-threshold, jaccard 0.800): unet, dead.",
    );
    expect(floorSentence(results([unetBn, unet, otsu]))).toMatch(/^Every network beats every floor/);
    expect(floorSentence(results([unetBn]))).toBeUndefined();
  });
});

describe("the end of a run", () => {
  it("counts what earlier starts took", () => {
    expect(timeSentence(results([unetBn, otsu]), 65, false)).toBe("Took 1 min 05 s.");
    // 50 + 40 + 1 + 60 s of trainings, of which this start made a part.
    expect(timeSentence(results([unet, unetBn, otsu]), 65, true)).toBe(
      "Took 1 min 05 s since this start; all jobs, one after another, took 2 min 31 s.",
    );
  });

  it("says how to use the network, but not one that loses to a floor", () => {
    expect(nextSteps(results([unetBn, blur]), "runs/my cells")).toEqual([
      "Next: open the report in a browser. To segment other images with unet-bn:",
      "  npx em-stellar predict 'runs/my cells' IMAGES --out segmented",
    ]);
    expect(nextSteps(results([unet, blur]), "runs/cells")).toEqual([
      "Next: open the report in a browser. Before you segment other images with unet, train longer or check the masks: it does not beat smoothed-threshold, which is only a floor.",
    ]);
    expect(nextSteps(results([dead, blur]), "runs/cells")).toEqual(["Next: open the report in a browser."]);
  });
});
