import { type AnyRegistry, createRegistry, defineMetric, definePlugin } from "@em-stellar/core";
import { phantom } from "@em-stellar/data";
import ensembles, { average } from "@em-stellar/ensemble";
import losses, { jaccardLog } from "@em-stellar/losses";
import metrics, { f1, jaccard } from "@em-stellar/metrics";
import nets, { unetBn } from "@em-stellar/nets-unet";
import optimizers, { radam } from "@em-stellar/optimizers";
import { defineSuite, type Suite } from "@em-stellar/runner";
import { describe, expectTypeOf, it } from "vitest";

const parts = {
  name: "cardiac",
  data: phantom(),
  networks: [unetBn({ baseFilters: 16 })],
  loss: jaccardLog(),
  optimizer: radam({ learningRate: 1e-3 }),
} as const;

describe("a suite in TypeScript", () => {
  it("needs no cast and no type of its own", () => {
    const suite = defineSuite({
      ...parts,
      metrics: [f1(), jaccard()],
      rankBy: "jaccard",
      training: { checkpoints: ["loss", "f1"] },
      ensembles: [{ combine: average(), top: 2, by: "f1" }],
    });
    expectTypeOf(suite).toEqualTypeOf<Suite>();
  });

  it("refuses a metric that the suite does not have wherever one is named", () => {
    const measured = { ...parts, metrics: [f1()] };
    // @ts-expect-error: this suite does not measure "f2"
    expectTypeOf(() => defineSuite({ ...measured, rankBy: "f2" })).toBeFunction();
    // @ts-expect-error: this suite does not measure "jaccard"
    expectTypeOf(() => defineSuite({ ...measured, training: { checkpoints: ["jaccard"] } })).toBeFunction();
    const [combine, top] = [average(), 2];
    // @ts-expect-error: this suite does not measure "jaccard"
    expectTypeOf(() => defineSuite({ ...measured, ensembles: [{ combine, top, by: "jaccard" }] })).toBeFunction();
  });

  it("refuses an option that does not exist, a wrong value and a component of another kind", () => {
    // @ts-expect-error: no option "baseFilter"
    expectTypeOf(() => unetBn({ baseFilter: 16 })).toBeFunction();
    // @ts-expect-error: a number is needed
    expectTypeOf(() => radam({ learningRate: "1e-3" })).toBeFunction();
    // @ts-expect-error: a metric is no network
    expectTypeOf(() => defineSuite({ ...parts, metrics: [f1()], networks: [f1()] })).toBeFunction();
    // @ts-expect-error: no setting "step"
    expectTypeOf(() => defineSuite({ ...parts, metrics: [f1()], training: { step: 3 } })).toBeFunction();
  });
});

describe("a registry of plugins", () => {
  // What a stranger writes, with nothing but the public API.
  const mine = definePlugin({
    name: "my-lab",
    version: "1.0.0",
    components: [
      defineMetric({
        id: "brightness",
        summary: "Mean of the prediction.",
        defaults: { scale: 1 },
        goal: "maximize",
        range: [0, null],
        accumulate: () => ({ add() {}, result: () => undefined }),
      }),
    ],
  });
  const registry = createRegistry(nets, losses, optimizers, metrics, ensembles, mine);

  it("knows ids and options of all of them", () => {
    expectTypeOf(registry.get("network", "unet-bn")({ baseFilters: 8 }).id).toEqualTypeOf<"unet-bn">();
    expectTypeOf(registry.get("metric", "brightness")({ scale: 2 }).id).toEqualTypeOf<"brightness">();
    expectTypeOf(registry).toExtend<AnyRegistry>();
  });

  it("refuses a misspelt id, and an id of another kind", () => {
    // @ts-expect-error: no network "unett"
    expectTypeOf(() => registry.get("network", "unett")).toBeFunction();
    // @ts-expect-error: "unet" is no loss
    expectTypeOf(() => registry.get("loss", "unet")).toBeFunction();
  });
});
