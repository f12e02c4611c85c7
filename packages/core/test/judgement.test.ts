import {
  beatsFloor,
  bestClassifier,
  bestFirst,
  bestFloor,
  bestOf,
  chosenNetwork,
  chosenRun,
  compareScores,
  type Goal,
  isBaseline,
  isBetter,
  isFloor,
  type Ranking,
  rankMethods,
  type ScoredMethod,
  type ScoredRun,
  summarise,
  unbeatenFloor,
} from "@em-stellar/core";
import { assert, constantFrom, double, option, property } from "fast-check";
import { describe, expect, it } from "vitest";

const run = (
  pooled: number | null,
  validation: number | null = pooled,
  state: ScoredRun["state"] = "done",
): ScoredRun => ({
  fold: 0,
  seed: 0,
  state,
  threshold: 0.5,
  validation: { score: validation },
  pooled: { score: pooled },
  perImage: [],
  predictions: "",
});
const method = (name: string, kind: "network" | "baseline", ...runs: ScoredRun[]): ScoredMethod => ({
  name,
  kind,
  runs,
});
const board = (goal: Goal, ...methods: ScoredMethod[]): Ranking => ({
  metrics: [{ id: "score", goal, range: [null, null], options: {} }],
  rankedBy: "score",
  methods,
});
const names = (scoreboard: Ranking) => rankMethods(scoreboard).map(({ method }) => method.name);

describe("what is better", () => {
  it("is higher or lower by the goal, and any score is better than none", () => {
    expect([isBetter("maximize", 2, 1), isBetter("minimize", 2, 1)]).toEqual([true, false]);
    expect([isBetter("maximize", 1, 1), isBetter("minimize", 1, 1)]).toEqual([false, false]);
    for (const goal of ["maximize", "minimize"] as const) {
      for (const none of [null, undefined, Number.NaN]) {
        expect(bestFirst(goal, [none, -1e9, 1e9], (score) => score).at(-1)).toBe(none);
        expect([isBetter(goal, none, 0), isBetter(goal, 0, none), isBetter(goal, none, null)]).toEqual([
          false,
          true,
          false,
        ]);
        expect(bestOf(goal, [none, null], (score) => score)).toBeUndefined();
      }
    }
  });

  it("is one order: turning the pair round turns the sign, and equal items keep their places", () => {
    const score = option(double(), { nil: null });
    assert(
      property(constantFrom<Goal[]>("maximize", "minimize"), score, score, score, (goal, a, b, c) => {
        expect(compareScores(goal, a, b) + compareScores(goal, b, a)).toBe(0);
        if (compareScores(goal, a, b) <= 0 && compareScores(goal, b, c) <= 0)
          expect(compareScores(goal, a, c)).toBeLessThanOrEqual(0);
      }),
    );
    const items = [{ at: 0 }, { at: 1 }];
    expect(bestFirst("maximize", items, () => 1)).toEqual(items);
  });
});

describe("the order of methods", () => {
  it("puts the best mean first and floors behind, whichever way the metric goes", () => {
    const methods = [
      method("a", "network", run(1), run(3)),
      method("floor", "baseline", run(9)),
      method("b", "network", run(3)),
    ];
    expect(names(board("maximize", ...methods))).toEqual(["b", "a", "floor"]);
    expect(names(board("minimize", ...methods))).toEqual(["a", "b", "floor"]);
    expect(rankMethods(board("maximize", ...methods)).map(({ rank }) => rank)).toEqual([1, 2, undefined]);
  });

  it("never lets a method gain by what is not defined", () => {
    // Without its dead run, "part" would lead by either goal.
    const methods = (best: number) => [
      method("dead", "network", run(null), run(null)),
      method("part", "network", run(best), run(null)),
      method("whole", "network", run(5), run(5)),
      method("failed", "network", run(best), run(null, null, "failed")), // a failed run is no score that is not defined
    ];
    expect(names(board("maximize", ...methods(9)))).toEqual(["failed", "whole", "part", "dead"]);
    expect(names(board("minimize", ...methods(1)))).toEqual(["failed", "whole", "part", "dead"]);
    expect(rankMethods(board("maximize", ...methods(9))).map(({ rank }) => rank)).toEqual([1, 2, 3, undefined]);
  });

  it("puts what is as good as the best floor below it, and what has no score", () => {
    const ranked = rankMethods(
      board("minimize", method("low", "baseline", run(2)), method("lower", "baseline", run(1))),
    );
    const floor = bestFloor(ranked);
    expect(floor?.method.name).toBe("lower");
    const beats = (...values: (number | null)[]) => beatsFloor("minimize", summarise(values), floor?.score);
    expect([beats(0.9), beats(1), beats(null), beats(0.5, null)]).toEqual([true, false, false, false]);
    expect(bestFloor(rankMethods(board("minimize", method("dead", "baseline", run(null)))))).toBeUndefined();
  });
});

it("a classifier is no floor, and takes no rank among networks", () => {
  const forest: ScoredMethod = { ...method("forest", "baseline", run(9)), role: "classifier" };
  const ranked = rankMethods(
    board("maximize", method("net", "network", run(3)), forest, method("low", "baseline", run(2))),
  );
  expect(ranked.map(({ method: { name }, rank }) => [name, rank])).toEqual([
    ["net", 1],
    ["forest", undefined],
    ["low", undefined],
  ]);
  expect(bestFloor(ranked)?.method.name).toBe("low");
  expect(bestClassifier(ranked)?.method.name).toBe("forest");
  expect([isFloor(forest), isBaseline(forest)]).toEqual([false, true]);
});

it("the run that is shown did best on validation images; a dead one is not, whichever way the metric goes", () => {
  for (const goal of ["maximize", "minimize"] as const) {
    const [dead, alive] = [run(1, null), run(2, 0.5)];
    expect(chosenRun({ runs: [dead, alive] }, board(goal))).toBe(alive);
    expect(chosenRun({ runs: [dead] }, board(goal))).toBe(dead);
    expect(chosenRun({ runs: [run(1, 1, "failed")] }, board(goal))).toBeUndefined();
  }
});

it("the floor that a method does not beat is the best one, or none", () => {
  const [low, high] = [method("low", "baseline", run(2)), method("high", "baseline", run(4))];
  const [weak, strong] = [method("weak", "network", run(3)), method("strong", "network", run(5))];
  expect(unbeatenFloor(board("maximize", weak, strong, low, high), weak)?.method.name).toBe("high");
  expect(unbeatenFloor(board("maximize", weak, strong, low, high), strong)).toBeUndefined();
  expect(unbeatenFloor(board("minimize", weak, strong, low, high), weak)?.method.name).toBe("low");
  expect(unbeatenFloor(board("maximize", weak), weak)).toBeUndefined();
});

describe("the network to use on new images", () => {
  const choice = (goal: Goal, ...methods: ScoredMethod[]) => {
    const chosen = chosenNetwork(board(goal, ...methods));
    return chosen && [chosen.method.name, chosen.by, chosen.score?.mean, chosen.run.pooled.score, chosen.among];
  };

  it("is the best on validation images, though another one leads on the test images", () => {
    const lucky = method("lucky", "network", run(0.9, 0.5), run(0.9, 0.5));
    const sound = method("sound", "network", run(0.7, 0.5), run(0.6, 1));
    expect(choice("maximize", lucky, sound)).toEqual(["sound", "validation", 0.75, 0.6, 2]);
    expect(choice("minimize", lucky, sound)).toEqual(["lucky", "validation", 0.5, 0.9, 2]);
  });

  it("is neither a floor, nor an ensemble, nor a network that failed", () => {
    const methods = [
      method("floor", "baseline", run(1)),
      { ...method("all", "network", run(1)), kind: "ensemble" as const },
      method("failed", "network", run(1, 1, "failed")),
    ];
    expect(choice("maximize", ...methods, method("net", "network", run(0.1)))).toEqual([
      "net",
      "validation",
      0.1,
      0.1,
      1,
    ]);
    expect(choice("maximize", ...methods)).toBeUndefined();
  });

  it("has the validation score in more of its trainings, where one lacks it", () => {
    const half = method("half", "network", run(1, 0.9), run(1, null));
    expect(choice("maximize", half, method("whole", "network", run(0, 0.1), run(0, 0.1)))?.[0]).toBe("whole");
  });

  it("is chosen by the test only where no network has a validation score, and says so", () => {
    const unseen = (name: string, score: number | null) => method(name, "network", run(score, null));
    expect(choice("maximize", unseen("low", 0.2), unseen("high", 0.8))).toEqual(["high", "test", 0.8, 0.8, 2]);
    expect(choice("maximize", unseen("a", null), unseen("b", null))).toEqual(["a", "test", undefined, null, 2]);
  });
});
