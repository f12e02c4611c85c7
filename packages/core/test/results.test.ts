import { type Results, resultsSchema, schemaVersion } from "@em-stellar/core";
import { describe, expect, it } from "vitest";

const results: Results = {
  schemaVersion: 1,
  suite: "cardiac",
  finished: "2024-02-29T12:00:00.000Z",
  metrics: [{ id: "jaccard", goal: "maximize", range: [0, 1], options: { positive: "object" } }],
  rankedBy: "jaccard",
  data: {
    source: { kind: "data", id: "phantom", options: {} },
    train: 2,
    test: 1,
    groups: ["A"],
    folds: [{ train: ["a"], validation: ["b"] }],
    foreground: 0.36,
    hash: "00",
    testImages: [{ id: "c", width: 4, height: 3, image: "test/c/image.png", truth: "test/c/truth.png" }],
  },
  training: {},
  environment: { node: "20" },
  methods: [
    {
      name: "otsu",
      kind: "baseline",
      components: [{ kind: "baseline", id: "otsu", options: {}, package: "@em-stellar/baselines", version: "0.1.0" }],
      runs: [
        {
          fold: 0,
          seed: 1,
          state: "done",
          threshold: 0.5,
          steps: 0,
          seconds: 1.5,
          validation: { jaccard: 0.5 },
          pooled: { jaccard: null },
          perImage: [{ image: "c", values: { jaccard: null } }],
          history: [],
          learnt: { polarity: "dark", threshold: 104 },
          predictions: "jobs/otsu/fold-0/seed-1/predictions",
        },
      ],
      pooled: { jaccard: null },
    },
  ],
  warnings: [],
};

/** The problems that the schema finds after a change, as `path: message`. */
function problems(change: (copy: Results) => void): string[] {
  const copy = structuredClone(results);
  change(copy);
  const { error } = resultsSchema.safeParse(copy);
  return (error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);
}

describe("resultsSchema", () => {
  it("gives back a valid file unchanged, through JSON", () => {
    expect(resultsSchema.parse(JSON.parse(JSON.stringify(results)))).toEqual(results);
  });

  it("names the place of what it refuses", () => {
    expect(problems((copy) => Object.assign(copy, { schemaVersion: schemaVersion + 1 }))).toEqual([
      "schemaVersion: Invalid input: expected 1",
    ]);
    expect(problems(({ methods }) => Object.assign(methods[0]?.runs[0] ?? {}, { state: "running" }))).toEqual([
      'methods.0.runs.0.state: Invalid option: expected one of "done"|"failed"',
    ]);
    expect(problems(({ data }) => Object.assign(data, { train: 1.5 }))).toEqual([
      "data.train: Invalid input: expected int, received number",
    ]);
  });

  it("a value is a finite number or null: JSON writes NaN as null, and nothing else passes", () => {
    expect(problems(({ methods }) => Object.assign(methods[0]?.pooled ?? {}, { jaccard: Number.NaN }))).toEqual([
      "methods.0.pooled.jaccard: Invalid input: expected number, received NaN",
    ]);
  });
});
