import "@tensorflow/tfjs-backend-cpu";
import { createRandom } from "@em-stellar/core";
import * as tf from "@tensorflow/tfjs-core";
import { type LayersModel, type LayerVariable, layers } from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it } from "vitest";
import { preluNet, unet, unetBn } from "../src/index.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

const networks = [unet, unetBn, preluNet];
const small = { baseFilters: 2, depth: 2 };
const shape = [8, 8, 1] as const;

function seeds(label: string): () => number {
  const random = createRandom(label);
  return () => random.integer(2 ** 31);
}
/** Weights as they are saved: their own names, without what tfjs adds to keep variables apart. */
const namesOf = (model: LayersModel) =>
  model.weights.map((weight) => (weight as LayerVariable & { originalName: string }).originalName);

describe.each(networks.map((network) => [network.id, network] as const))("%s", (_, network) => {
  it("names its layers and weights by their place: two models of one program have the same", () => {
    const [first, second] = [network(small).build(shape, seeds("a")), network(small).build(shape, seeds("b"))];
    expect(second.name).toBe(network.id);
    expect(second.layers.map(({ name }) => name)).toEqual(first.layers.map(({ name }) => name));
    expect(namesOf(second)).toEqual(namesOf(first));
    expect(namesOf(first).slice(0, 2)).toEqual(["encoder-1-conv-1/kernel", "encoder-1-conv-1/bias"]);
    expect(new Set(namesOf(first)).size).toBe(first.weights.length);
  });

  it("asks for one seed for each convolution and each dropout, and leaves stock dropout layers", () => {
    let asked = 0;
    const model = network(small).build(shape, () => ++asked);
    const dropouts = model.layers.filter((layer) => layer.getClassName() === "Dropout");
    expect(dropouts.map((layer) => layer.getConfig().seed)).toEqual([5, 8]);
    expect(dropouts.map((layer) => layer.getConfig().rate)).toEqual([0.5, 0.5]);
    expect(asked).toBe(14 + 2);
    const without = network({ ...small, dropout: null }).build(shape, () => 1);
    expect(without.layers.some((layer) => layer.getClassName() === "Dropout")).toBe(false);
  });

  it("has kernels of He's spread, and zero biases", () => {
    const model = network({ baseFilters: 16, depth: 2 }).build(shape, seeds("spread"));
    const layer = model.getLayer("bottleneck-conv-2"); // 3 · 3 · 64 inputs for each filter
    const [kernel, bias] = layer.getWeights().map((weight) => [...weight.dataSync()]) as [number[], number[]];
    const deviation = Math.sqrt(kernel.reduce((sum, value) => sum + value ** 2, 0) / kernel.length);
    expect(deviation / Math.sqrt(2 / 576)).toBeCloseTo(1, 2);
    expect(bias.every((value) => value === 0)).toBe(true);
  });
});

describe("options", () => {
  it("depth sets the stride and where dropout stands", () => {
    expect([1, 4, 5].map((depth) => unet({ depth }).stride)).toEqual([2, 16, 32]);
    const names = unet({ baseFilters: 1, depth: 3 })
      .build([8, 8, 1], () => 1)
      .layers.map(({ name }) => name);
    expect(names.filter((name) => name.endsWith("dropout"))).toEqual(["encoder-3-dropout", "bottleneck-dropout"]);
    expect(() => unetBn({ depth: 3 }).build([36, 64, 1], () => 1)).toThrow(/multiples of 8.*36 × 64.*32 or 40/);
  });

  it("batchNormMomentum reaches every normalisation", () => {
    const model = unetBn({ ...small, batchNormMomentum: 0.9 }).build(shape, () => 1);
    const momenta = model.layers
      .filter((layer) => layer.getClassName() === "BatchNormalization")
      .map((layer) => layer.getConfig());
    expect(momenta).toHaveLength(13);
    for (const { momentum, epsilon } of momenta) expect([momentum, epsilon]).toEqual([0.9, 1e-3]);
  });

  it("the stable head has the faithful head's weights, but for the two slopes of prelu-net", () => {
    for (const network of networks) {
      const count = (head: "faithful" | "stable") =>
        network({ ...small, head })
          .build(shape, () => 1)
          .countParams();
      expect(count("faithful") - count("stable")).toBe(network === preluNet ? 2 : 0);
    }
  });

  it("preluInitial is where every slope starts", () => {
    const model = preluNet({ ...small, preluInitial: 0.25 }).build(shape, () => 1);
    const slopes = model.layers.filter((layer) => layer instanceof layers.Layer && layer.getClassName() === "PReLU");
    for (const slope of slopes) expect(new Set(slope.getWeights()[0]?.dataSync())).toEqual(new Set([0.25]));
    expect(slopes).toHaveLength(13);
  });

  it("refuses what cannot be built, saying what would work", () => {
    expect(() => unet({ baseFilters: 1.5 })).toThrow('network "unet" needs a whole number above 0 for "baseFilters"');
    expect(() => unet({ depth: 0 })).toThrow('a whole number from 1 to 8 for "depth", but was given 0');
    expect(() => unetBn({ dropout: 50 })).toThrow('a "dropout" between 0 and 1, or null for none, but was given 50');
    expect(() => unetBn({ batchNormMomentum: 1 })).toThrow('"batchNormMomentum" from 0 to below 1');
    // @ts-expect-error: as from JSON
    expect(() => preluNet({ head: "plain" })).toThrow('needs "faithful" or "stable" for "head", but was given "plain"');
    // @ts-expect-error: the U-net without normalisation has no momentum
    expect(() => unet({ batchNormMomentum: 0.9 })).toThrow('network "unet" has no option "batchNormMomentum"');
  });
});
