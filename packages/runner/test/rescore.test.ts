import {
  createRegistry,
  defineBaseline,
  defineMetric,
  memoryStore,
  type RunEvent,
  type RunStore,
  readJson,
} from "@em-stellar/core";
import ensembles, { average } from "@em-stellar/ensemble";
import type { SuiteDefinition } from "@em-stellar/runner";
import { describe, expect, it } from "vitest";
import { keptFor } from "../src/training/criteria.js";
import { agreement } from "./tiny.js";
import { nth, play as playTiny, registryOf, tiny } from "./tiny-run.js";

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
const full = defineBaseline({
  id: "full",
  summary: "All object, for tests.",
  defaults: {},
  fit: async () => ({
    segment: ({ width, height }) => ({ width, height, data: new Uint8Array(width * height).fill(1), maximum: 1 }),
    learnt: {},
  }),
});
const registry = createRegistry(ensembles, ...registryOf(contrary, floor, full).plugins);
const training = { patch: 16, batchSize: 2, steps: 8, validateEvery: 4 } as const;
const definition: SuiteDefinition = {
  ...tiny,
  name: "rescored",
  baselines: [floor()],
  training,
};

/** Runs a suite, and counts the validations that this took: none without training. */
async function play(change: Partial<SuiteDefinition>, store: RunStore, until?: (event: RunEvent) => boolean) {
  const { results, events } = await playTiny({ ...definition, ...change }, store, {
    registry,
    ...(until && { until }),
  });
  const of = (kind: string) => results?.methods.filter((method) => method.kind === kind) ?? [];
  const runs = of("network")[0]?.runs.map(({ pooled, perImage, validation, threshold }) => ({
    ...{ pooled, perImage, validation, threshold },
  }));
  const scoresOf = (kind: string) => of(kind).map(({ name, pooled }) => ({ name, pooled }));
  const trained = events.filter(({ type }) => type === "validation").length;
  return { runs, trained, floors: scoresOf("baseline"), ensembles: scoresOf("ensemble"), results };
}

describe("a finished suite gets without training", () => {
  it.each([
    ["another metric", { metrics: [agreement(), contrary()] }],
    ["another metric to rank by", { metrics: [contrary(), agreement()], rankBy: "contrary" }],
    ["a threshold picked on validation images", { training: { ...training, threshold: "validation" } }],
    ["another floor", { baselines: [floor(), full()] }],
    ["an ensemble", { ensembles: [{ combine: average(), top: 2, by: "agreement" }] }],
    ["a second criterion", { training: { ...training, checkpoints: ["loss", "agreement"] } }],
    ["another criterion", { training: { ...training, checkpoints: ["agreement"] } }],
  ] as const)("%s: what a run from nothing finds", async (_, change) => {
    const store = memoryStore();
    await play({}, store);
    const again = await play(change, store);
    const fresh = await play(change, memoryStore());
    expect([again.trained, fresh.trained]).toEqual([0, 4]);
    expect(again.floors).toEqual(fresh.floors);
    expect(again.ensembles).toEqual(fresh.ensembles);
    for (const [i, run] of (fresh.runs ?? []).entries()) {
      expect(again.runs?.[i]?.threshold).toBe(run.threshold);
      expect(again.runs?.[i]?.pooled).toEqual(run.pooled);
      expect(again.runs?.[i]?.perImage).toEqual(run.perImage);
      for (const [name, value] of Object.entries(run.validation)) {
        expect(again.runs?.[i]?.validation[name]).toBeCloseTo(value as number, 3); // of maps in 16 bits
      }
      const [by = "loss"] = "training" in change && "checkpoints" in change.training ? change.training.checkpoints : [];
      const notes = `jobs/tiny-net/fold-0/seed-1/checkpoints/${by}/segmentation.json`;
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

describe("a suite that is asked for more before it has finished", () => {
  it.each([
    ["another metric", { metrics: [agreement(), contrary()] }, 1 + 2],
    ["another criterion", { training: { ...training, checkpoints: ["agreement"] } }, 1 + 2],
    // The best threshold of each validation so far is not known: the training that was under way begins anew.
    ["a picked threshold", { training: { ...training, threshold: "validation" } }, 2 + 2],
  ] as const)("keeps what it can: %s", async (_, change, validations) => {
    const suite = { ...change, seeds: [1, 2] };
    const store = memoryStore();
    await play({ seeds: [1, 2] }, store, nth("validation", 5)); // two are done, one half, one not begun
    const again = await play(suite, store);
    const fresh = await play(suite, memoryStore());
    expect(again.trained).toBe(validations);
    expect(again.runs?.map(({ pooled, threshold }) => ({ pooled, threshold }))).toEqual(
      fresh.runs?.map(({ pooled, threshold }) => ({ pooled, threshold })),
    );
  });
});

describe("weights of a criterion that comes later", () => {
  const suite = { metrics: [agreement()] };
  const point = (step: number, loss: number, value: number | null) => ({
    ...{ step, seconds: 0, loss },
    validation: { loss, agreement: value },
  });
  const history = [point(1, 3, 0.5), point(2, 1, 0.7), point(3, 2, 0.7), point(4, 2, null)];
  const best = { loss: { step: 2, value: 1, threshold: 0.4 } };

  it("are those of the criterion that chose the same step", () => {
    expect(keptFor({ best, history }, suite, { checkpoints: ["agreement", "loss"] })).toEqual({
      agreement: { step: 2, value: 0.7, threshold: 0.4, keptBy: "loss" },
      loss: { ...best.loss, keptBy: "loss" },
    });
  });

  it("are missing where none did, or where it was not computed", () => {
    const later = [...history, point(5, 2, 0.9)];
    expect(keptFor({ best, history: later }, suite, { checkpoints: ["agreement"] })).toBeUndefined();
    const unknown = [{ ...history[0], validation: { loss: 3 } } as (typeof history)[0]];
    expect(keptFor({ best, history: unknown }, suite, { checkpoints: ["agreement"] })).toBeUndefined();
  });
});
