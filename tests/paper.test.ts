import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { claims, type Runs } from "../scripts/paper/claims.js";
import { bestFoldGains, clearlyAbove } from "../scripts/paper/compare.js";
import { suites, withTables } from "../scripts/paper/page.js";
import type { MethodSummary, Summary } from "../scripts/paper/summary.js";
import { root } from "./workspace.js";

const read = (name: string) => readFileSync(join(root, "docs", name), "utf8");

describe("docs/paper.md", () => {
  const runs: Runs = JSON.parse(read("paper.json"));

  test("has the tables and verdicts that follow from docs/paper.json", () => {
    expect(withTables(read("paper.md"), runs), "docs/paper.md is not what npm run paper writes").toBe(read("paper.md"));
  });

  test("says of suites without results that they were not run", () => {
    const [, ...parts] = read("paper.md").split("<!-- table: ");
    for (const name of suites) {
      const part = parts.find((text) => text.startsWith(`${name} `)) ?? "";
      expect(part.includes("Not run yet"), name).toBe(runs[name] === undefined);
    }
  });
});

describe("verdicts", () => {
  const network = (name: string, tests: readonly number[], more: Partial<MethodSummary> = {}): MethodSummary => ({
    name,
    kind: "network",
    scores: { jaccard: tests.reduce((sum, value) => sum + value, 0) / tests.length },
    runs: tests.map((value, fold) => ({ fold, seed: 1, validation: value, test: value })),
    ...more,
  });
  const run = (methods: readonly MethodSummary[], more: Partial<Summary> = {}): Summary => ({
    suite: "a-quick",
    finished: "2026-12-01",
    device: "wasm",
    rankedBy: "jaccard",
    metrics: [{ id: "jaccard", goal: "maximize" }],
    data: { train: 20, test: 4, folds: 2, objectShare: 0.38 },
    trainings: { finished: 4, planned: 4 },
    methods,
    criteria: [],
    ...more,
  });
  const verdictOf = (words: string, runs: Runs) =>
    claims.find(({ claim }) => claim.includes(words))?.judge(runs)?.verdict;

  test("one is above another only if all of its trainings are", () => {
    expect(clearlyAbove(network("a", [0.8, 0.9]), network("b", [0.6, 0.79]))).toBe(true);
    expect(clearlyAbove(network("a", [0.8, 0.9]), network("b", [0.6, 0.8]))).toBe(false);
    expect(clearlyAbove(network("a", [0.8, 0.9]), network("b", [0.6]))).toBe(false); // one training says nothing
  });

  test.each([
    ["holds", [0.8, 0.9], [0.5, 0.7]],
    ["does not hold", [0.5, 0.7], [0.8, 0.9]],
    ["cannot be told at this size", [0.6, 0.8], [0.5, 0.7]],
  ])("focal loss against cross-entropy: %s", (verdict, focal, entropy) => {
    const losses = run([network("a+focal", focal), network("a+binary-cross-entropy", entropy)]);
    expect(verdictOf("focal loss", { "losses-habenula": losses })).toBe(verdict);
  });

  test("the best network counts as another one only where the first data set tells the two apart", () => {
    const cardiac = run([network("a", [0.9, 0.91]), network("b", [0.7, 0.8])]);
    const habenula = run([network("a", [0.4]), network("b", [0.5])]);
    const words = "No one network";
    expect(verdictOf(words, { "networks-cardiac": cardiac, "networks-habenula": habenula })).toBe("holds");
    expect(verdictOf(words, { "networks-cardiac": cardiac, "networks-habenula": cardiac })).toBe("does not hold");
    expect(verdictOf(words, { "networks-cardiac": cardiac })).toBe("cannot be told at this size");
    expect(verdictOf(words, {})).toBeUndefined();
  });

  test("a criterion that should not predict, and does, refutes", () => {
    const criteria = (auc: [number, number]) =>
      (["f1", "jaccard", "accuracy", "auc-roc"] as const).map((criterion) => ({
        criterion,
        trainings: 30,
        correlation: 0.5,
        interval:
          criterion === "auc-roc" ? auc : criterion === "accuracy" ? ([-0.2, 0.4] as const) : ([0.3, 0.7] as const),
        chosen: 0.8,
      }));
    const words = "F1 and Jaccard on validation";
    expect(verdictOf(words, { "networks-cardiac": run([], { criteria: criteria([-0.1, 0.5]) }) })).toBe("holds");
    expect(verdictOf(words, { "networks-cardiac": run([], { criteria: criteria([0.1, 0.5]) }) })).toBe("does not hold");
  });

  test("learning rates: the width of the scores counts beyond what trainings of one setting differ by", () => {
    const optimizers = (radam: number, luck: number) =>
      run([
        network("a+radam:1", [0.8, 0.8 + luck]),
        network("a+radam:2", [0.8 - radam, 0.8 - radam + luck]),
        ...["adam", "sgd"].flatMap((id) => [
          network(`a+${id}:1`, [0.8, 0.8 + luck]),
          network(`a+${id}:2`, [0.5, 0.5 + luck]),
        ]),
      ]);
    const verdict = (radam: number, luck: number) => verdictOf("RAdam", { optimizers: optimizers(radam, luck) });
    expect(verdict(0.1, 0.05)).toBe("holds"); // 0.1 against 0.3
    expect(verdict(0.5, 0.05)).toBe("does not hold");
    expect(verdict(0.28, 0.05)).toBe("cannot be told at this size");
  });

  test("the best fold is above the mean by hand", () => {
    expect(bestFoldGains(run([network("a", [0.8, 0.9]), network("b", [0.7, 0.7])]))).toEqual([
      { name: "a", gain: expect.closeTo(0.05, 10) },
      { name: "b", gain: 0 },
    ]);
  });
});
