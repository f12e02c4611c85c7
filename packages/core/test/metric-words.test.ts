import { defineMetric } from "@em-stellar/core";
import { expect, it } from "vitest";

const accumulate = () => ({ add: () => {}, result: () => 1 });

it("a metric that says nothing of itself gets words from what it has to say anyway", () => {
  const plain = defineMetric({
    id: "my-error",
    summary: "Errors of my own",
    defaults: { weight: 1 },
    goal: "minimize",
    range: [0, null],
    accumulate,
  });
  expect(plain().words).toEqual({
    label: "my-error",
    meaning: "Errors of my own",
    family: "other",
    choosesPositive: false,
  });
});

it("an option `positive` is a choice of the positive class unless the metric says otherwise", () => {
  const definition = {
    id: "mine",
    summary: "",
    defaults: { positive: "object" },
    goal: "maximize",
    range: [0, 1],
    accumulate,
  } as const;
  expect(defineMetric(definition)().words.choosesPositive).toBe(true);
  const words = { label: "Mine", unit: "µm", choosesPositive: false };
  expect(defineMetric({ ...definition, words })().words).toMatchObject({ ...words, family: "other" });
});

it("components carry the publication to cite, so that results can record it", () => {
  const citation = "Me (2026)";
  const mine = defineMetric({
    id: "mine",
    summary: "",
    citation,
    defaults: {},
    goal: "maximize",
    range: [0, 1],
    accumulate,
  });
  expect(mine().citation).toBe(citation);
});
