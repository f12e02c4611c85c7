import { createRegistry, InputError, NoSuchComponentError } from "@em-stellar/core";
import metrics from "@em-stellar/metrics";
import { describe, expect, it } from "vitest";
import { chooseMetrics } from "../src/choose-metrics.js";

const registry = createRegistry(metrics);
const namesOf = (...[ids, positive]: [string[] | null, "object" | "background" | "both"]) =>
  chooseMetrics(ids, positive, registry).map(({ name }) => name);
const positiveOf = (ids: string[], positive: "object" | "background" | "both") =>
  chooseMetrics(ids, positive, registry).map(({ name, options }) => [
    name,
    Object.entries(options).find(([option]) => option === "positive")?.[1],
  ]);

describe("chooseMetrics", () => {
  it("takes all of the registry, those of the paper's table first and in its order", () => {
    const names = namesOf(null, "object");
    expect(names.slice(0, 9)).toEqual([
      "f1",
      "v-rand",
      "v-info",
      "accuracy",
      "sensitivity",
      "specificity",
      "ppv",
      "npv",
      "jaccard",
    ]);
    expect([...names].sort()).toEqual(
      registry
        .list("metric")
        .map(({ id }) => id as string)
        .sort(),
    );
  });

  it("takes those that are named, in their order", () => {
    expect(namesOf(["jaccard", "f1"], "object")).toEqual(["jaccard", "f1"]);
  });

  it("gives the background where the paper does: Jaccard stays with the object, accuracy has no class", () => {
    expect(positiveOf(["f1", "npv", "jaccard", "accuracy"], "background")).toEqual([
      ["f1", "background"],
      ["npv", "background"],
      ["jaccard", "object"],
      ["accuracy", "object"],
    ]);
  });

  it("gives both, side by side, under names that differ", () => {
    expect(positiveOf(["f1", "jaccard", "ppv"], "both")).toEqual([
      ["f1", "object"],
      ["jaccard", "object"],
      ["ppv", "object"],
      ["f1:background", "background"],
      ["ppv:background", "background"],
    ]);
  });

  it("refuses what does not exist, and what is named twice", () => {
    expect(() => namesOf(["jacard"], "object")).toThrow(NoSuchComponentError);
    expect(() => namesOf(["jacard"], "object")).toThrow(/Did you mean "jaccard"\?/);
    expect(() => namesOf(["f1", "f1"], "object")).toThrow(InputError);
  });
});
