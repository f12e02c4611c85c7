import { compare, createScorer, defineMetric, InputError, maskOf } from "@em-stellar/core";
import { describe, expect, it } from "vitest";

/** Pixels that are object in truth and prediction alike, over those that are object in the truth. */
const found = defineMetric({
  id: "found",
  summary: "Recall, for tests.",
  defaults: { positive: "object" },
  goal: "maximize",
  range: [0, 1],
  fromParts: ({ hits = 0, all = 0 }) => (all === 0 ? undefined : hits / all),
  accumulate({ positive }) {
    let [hits, all] = [0, 0];
    const is = positive === "object" ? 1 : 0;
    return {
      add({ truth, prediction }) {
        for (let i = 0; i < truth.data.length; i++) {
          if (truth.data[i] !== is) continue;
          all++;
          if (prediction.data[i] === is) hits++;
        }
      },
      result: () => (all === 0 ? undefined : hits / all),
      parts: () => ({ hits, all }),
    };
  },
});

const mask = (...values: number[]) => maskOf(values.length, 1, (i) => values[i] === 1);

describe("createScorer", () => {
  it("scores all images together and each on its own, and one metric twice under two names", () => {
    const scorer = createScorer([found(), found({ positive: "background" })]);
    scorer.add("a", compare(mask(1, 1, 1, 0), mask(1, 0, 0, 0)));
    scorer.add("b", compare(mask(0, 0, 0, 0), mask(1, 0, 0, 0)));
    expect(scorer.result()).toEqual({
      pooled: { found: 1 / 3, "found:background": 4 / 5 },
      perImage: [
        {
          image: "a",
          values: { found: 1 / 3, "found:background": 1 },
          parts: { found: { hits: 1, all: 3 }, "found:background": { hits: 1, all: 1 } },
        },
        {
          image: "b",
          values: { found: null, "found:background": 3 / 4 },
          parts: { found: { hits: 0, all: 0 }, "found:background": { hits: 3, all: 4 } },
        },
      ],
    });
  });

  it("has nothing to say before the first image", () => {
    expect(createScorer([found()]).result()).toEqual({ pooled: { found: null }, perImage: [] });
  });

  it("refuses parts that cannot be added up, naming the metric", () => {
    const broken = defineMetric({
      id: "broken",
      summary: "For tests.",
      defaults: {},
      goal: "maximize",
      range: [0, 1],
      fromParts: () => 1,
      accumulate: () => ({ add() {}, result: () => 1, parts: () => ({ share: undefined }) }),
    });
    const scorer = createScorer([broken()]);
    const pair = compare(mask(1), mask(1));
    expect(() => scorer.add("a", pair)).toThrow(InputError);
    expect(() => scorer.add("a", pair)).toThrow(/The part "share" of metric "broken" is undefined/);
  });
});
