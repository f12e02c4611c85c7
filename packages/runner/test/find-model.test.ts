import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Results, RunResult } from "@em-stellar/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findModel } from "../src/node/prediction/find-model.js";

let run: string;
beforeAll(async () => {
  run = await mkdtemp(join(tmpdir(), "em-stellar-find-model-"));
});
afterAll(() => rm(run, { recursive: true }));

interface Told {
  readonly name: string;
  readonly kind?: "network" | "ensemble" | "baseline";
  /** Of each training, on validation images and on the test images. */
  readonly validation: readonly (number | null)[];
  readonly test?: readonly (number | null)[];
}

/** A run of methods on one fold from seeds 1, 2, …, or on as many folds, with these values of its metric. */
async function writeRun(goal: "maximize" | "minimize", told: readonly Told[], by: "seed" | "fold" = "seed") {
  const methods = told.map(({ name, kind = "network", validation, test }) => ({
    ...{ name, kind, components: [], pooled: {} },
    runs: validation.map(
      (value, i): RunResult => ({
        ...(by === "seed" ? { fold: 0, seed: i + 1 } : { fold: i, seed: 1 }),
        ...{ state: "done", threshold: 0.5, steps: 1, seconds: 1, perImage: [], history: [], predictions: "" },
        validation: { score: value },
        pooled: { score: test ? (test[i] ?? null) : 1 },
      }),
    ),
  }));
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
    methods,
    warnings: [],
  };
  await writeFile(join(run, "suite.json"), "{}");
  await writeFile(join(run, "results.json"), JSON.stringify(results));
  for (const { name, runs } of methods) {
    for (const { fold, seed } of runs) {
      const job = join(run, "jobs", name, `fold-${fold}`, `seed-${seed}`);
      await mkdir(join(job, "checkpoints", "loss"), { recursive: true });
      await writeFile(join(job, "checkpoints", "loss", "model.json"), "{}");
      await writeFile(join(job, "metrics.json"), JSON.stringify({ result: { state: "done" } }));
    }
  }
}

it("never takes a dead network, whose score is not defined, as the best training, whichever way the metric goes", async () => {
  for (const [goal, validation, seed] of [
    ["minimize", [null, 22.7, 3.5], 3],
    ["minimize", [22.7, null, null], 1],
    ["maximize", [null, 0.2, 0.1], 2],
    ["maximize", [null, null, -1], 3],
  ] as const) {
    await writeRun(goal, [{ name: "net", validation }]);
    expect((await findModel(run)).folder, `${goal} ${validation}`).toContain(join("net", "fold-0", `seed-${seed}`));
  }
});

describe("of a run", () => {
  it("takes the network that is best on validation images, and says what the test images say", async () => {
    const networks = [
      { name: "lucky", validation: [0.8, 0.6, 0.7, 0.7], test: [0.9, 0.9, 0.9, 0.9] },
      { name: "sound", validation: [0.9, 0.93, 0.91, 0.9], test: [0.8, 0.8, 0.8, 0.8] },
    ];
    await writeRun("maximize", networks, "fold");
    const { folder, reasons } = await findModel(run);
    expect(folder).toContain(join("sound", "fold-1", "seed-1"));
    expect(reasons).toEqual([
      "sound: best mean validation score of 2 networks over 4 folds, 0.910.",
      "Of its 4 trainings, the one with the best validation score, 0.930.",
      "lucky is better on the test images (0.900 against 0.800). Test images take no part in the choice, so their scores stay unbiased.",
    ]);
  });

  it("says what decides where no network has a validation score", async () => {
    await writeRun("minimize", [
      { name: "far", validation: [null], test: [9] },
      { name: "near", validation: [null], test: [2] },
    ]);
    const { folder, reasons } = await findModel(run);
    expect(folder).toContain(join("near", "fold-0", "seed-1"));
    expect(reasons).toEqual([
      expect.stringMatching(/^! near: best mean score of 2 networks on the test images, 2\.000, /),
    ]);
  });

  it("says where a floor is as good, or an ensemble is better", async () => {
    const net = { name: "net", validation: [0.5], test: [0.5] };
    await writeRun("maximize", [net, { name: "otsu", kind: "baseline", validation: [0.5], test: [0.5] }]);
    expect((await findModel(run)).reasons).toEqual([
      "net: the only network of the run that finished.",
      "! net does not beat the floor otsu by score: on 1 test image, nothing shows that it has learnt more than this simpler method.",
    ]);
    await writeRun("maximize", [net, { name: "average", kind: "ensemble", validation: [0.9], test: [0.9] }]);
    expect((await findModel(run)).reasons[1]).toBe(
      "! The run's best method by score is average, of several models; this is one model, net.",
    );
  });
});
