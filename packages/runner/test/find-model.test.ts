import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Results, RunResult } from "@em-stellar/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { findModel } from "../src/node/prediction/find-model.js";

let run: string;
beforeAll(async () => {
  run = await mkdtemp(join(tmpdir(), "em-stellar-find-model-"));
});
afterAll(() => rm(run, { recursive: true }));

/** A run of one network on one fold from seeds 1, 2, …, with these values of its metric on validation images. */
async function writeRun(goal: "maximize" | "minimize", validation: readonly (number | null)[]): Promise<void> {
  const runs = validation.map(
    (value, i): RunResult => ({
      fold: 0,
      seed: i + 1,
      state: "done",
      threshold: 0.5,
      steps: 1,
      seconds: 1,
      validation: { score: value },
      pooled: { score: 1 },
      perImage: [],
      history: [],
      predictions: "",
    }),
  );
  const results: Results = {
    schemaVersion: 1,
    suite: "small",
    finished: "2026-03-01T14:05:09.000Z",
    metrics: [{ id: "score", goal, range: [0, null], options: {} }],
    rankedBy: "score",
    data: {
      source: { kind: "data", id: "phantom", options: {} },
      ...{ train: 1, test: 1, groups: [], folds: [], foreground: 0.3, hash: "00" },
      testImages: [{ id: "one", width: 4, height: 4, image: "", truth: "" }],
    },
    training: {},
    environment: {},
    methods: [{ name: "net", kind: "network", components: [], runs, pooled: { score: 1 } }],
    warnings: [],
  };
  await writeFile(join(run, "suite.json"), "{}");
  await writeFile(join(run, "results.json"), JSON.stringify(results));
  for (const { seed } of runs) {
    const checkpoint = join(run, "jobs", "net", "fold-0", `seed-${seed}`, "checkpoints", "loss");
    await mkdir(checkpoint, { recursive: true });
    await writeFile(join(checkpoint, "model.json"), "{}");
  }
}

it("never takes a dead network, whose score is not defined, as the best training, whichever way the metric goes", async () => {
  for (const [goal, validation, seed] of [
    ["minimize", [null, 22.7, 3.5], 3],
    ["minimize", [22.7, null, null], 1],
    ["maximize", [null, 0.2, 0.1], 2],
    ["maximize", [null, null, -1], 3],
  ] as const) {
    await writeRun(goal, validation);
    expect((await findModel(run)).folder, `${goal} ${validation}`).toContain(join("net", "fold-0", `seed-${seed}`));
  }
});
