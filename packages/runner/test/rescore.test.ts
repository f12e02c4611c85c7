import { defineBaseline, defineMetric, memoryStore, type Results, type RunStore, readJson } from "@em-stellar/core";
import { defineSuite, runSuite, type SuiteDefinition } from "@em-stellar/runner";
import { describe, expect, it } from "vitest";
import { agreement } from "./tiny.js";
import { device, registryOf, tiny } from "./tiny-run.js";

const { accumulate, range } = agreement();
/** A second metric, of which less is better. */
const contrary = defineMetric({
  id: "contrary",
  summary: "Agreement, the less the better, for tests.",
  defaults: {},
  goal: "minimize",
  range,
  accumulate,
});
const floor = defineBaseline({
  id: "floor",
  summary: "All background, for tests.",
  defaults: {},
  fit: async () => ({
    segment: ({ width, height }) => ({ width, height, data: new Uint8Array(width * height), maximum: 1 }),
    learnt: {},
  }),
});
const registry = registryOf(contrary, floor);
const training = { patch: 16, batchSize: 2, steps: 8, validateEvery: 4 } as const;
const definition: SuiteDefinition = {
  ...tiny,
  name: "rescored",
  baselines: [floor()],
  training,
};

/** Runs a suite, and counts the trainings that this took. */
async function play(change: Partial<SuiteDefinition>, store: RunStore) {
  let results: Results | undefined;
  let trained = 0;
  for await (const event of runSuite(defineSuite({ ...definition, ...change }), { registry, device, store })) {
    if (event.type === "job-started") trained++;
    if (event.type === "run-finished") results = event.results;
  }
  const of = (kind: string) => results?.methods.find((method) => method.kind === kind);
  const runs = of("network")?.runs.map(({ pooled, perImage, validation, threshold }) => ({
    ...{ pooled, perImage, validation, threshold },
  }));
  return { runs, trained, floors: of("baseline")?.pooled };
}

describe("a finished suite gets without training", () => {
  it.each([
    ["another metric", { metrics: [agreement(), contrary()] }],
    ["another metric to rank by", { metrics: [contrary(), agreement()], rankBy: "contrary" }],
    ["a threshold picked on validation images", { training: { ...training, threshold: "validation" } }],
  ] as const)("%s: what a run from nothing finds", async (_, change) => {
    const store = memoryStore();
    await play({}, store);
    const again = await play(change, store);
    const fresh = await play(change, memoryStore());
    expect([again.trained, fresh.trained]).toEqual([0, 2]);
    expect(again.floors).toEqual(fresh.floors);
    for (const [i, run] of (fresh.runs ?? []).entries()) {
      expect(again.runs?.[i]?.threshold).toBe(run.threshold);
      expect(again.runs?.[i]?.pooled).toEqual(run.pooled);
      expect(again.runs?.[i]?.perImage).toEqual(run.perImage);
      for (const [name, value] of Object.entries(run.validation)) {
        expect(again.runs?.[i]?.validation[name]).toBeCloseTo(value as number, 3); // of maps in 16 bits
      }
      const notes = "jobs/tiny-net/fold-0/seed-1/checkpoints/loss/segmentation.json";
      if (i === 0) expect(await readJson(store, notes)).toMatchObject({ threshold: run.threshold });
    }
    // Nothing is left to do, and what was trained is the same job from now on.
    expect((await play(change, store)).trained).toBe(0);
  });

  it("nothing that would have changed the training: it is refused, as before", async () => {
    const store = memoryStore();
    const byAgreement = { training: { ...training, checkpoints: ["agreement"] as const } };
    await play(byAgreement, store);
    const picked = { training: { ...byAgreement.training, threshold: "validation" as const } };
    await expect(play(picked, store)).rejects.toThrow("with other training");
    expect((await play({ ...byAgreement, metrics: [agreement(), contrary()] }, store)).trained).toBe(0);
  });
});
