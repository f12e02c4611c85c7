import "@tensorflow/tfjs-backend-wasm";
import { createRandom } from "@em-stellar/core";
import * as tf from "@tensorflow/tfjs-core";
import type { LayersModel, LayerVariable, layers } from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it } from "vitest";
import plugin, { emNetV1_2x, emNetV1Bn2x, emNetV2, emNetV2_4x } from "../src/index.js";

beforeAll(async () => {
  await tf.setBackend("wasm");
});

const small = { baseFilters: 2 };
const shape = [16, 16, 1] as const;

function seeds(label: string): () => number {
  const random = createRandom(label);
  return () => random.integer(2 ** 31);
}
/** Weights as they are saved: their own names, without what tfjs adds to keep variables apart. */
const namesOf = (model: LayersModel) =>
  model.weights.map((weight) => (weight as LayerVariable & { originalName: string }).originalName);
const layersOfClass = (model: LayersModel, className: string): layers.Layer[] =>
  model.layers.filter((layer) => layer.getClassName() === className);

describe.each(plugin.components.map((network) => [network.id, network] as const))("%s", (id, network) => {
  it("names its layers and weights by their place: two models of one program have the same", () => {
    const [first, second] = [network(small).build(shape, seeds("a")), network(small).build(shape, seeds("b"))];
    expect(second.name).toBe(id);
    expect(second.layers.map(({ name }) => name)).toEqual(first.layers.map(({ name }) => name));
    expect(namesOf(second)).toEqual(namesOf(first));
    expect(namesOf(first).slice(0, 2)).toEqual(["encoder-1-unit-1-conv-1/kernel", "encoder-1-unit-1-conv-1/bias"]);
    expect(new Set(namesOf(first)).size).toBe(first.weights.length);
  });

  it("asks for one seed for each convolution and each dropout, and leaves stock dropout layers", () => {
    let asked = 0;
    const model = network({ ...small, dropout: 0.25 }).build(shape, () => ++asked);
    const dropouts = layersOfClass(model, "Dropout");
    expect(asked).toBe(layersOfClass(model, "Conv2D").length + dropouts.length);
    expect(new Set(dropouts.map((layer) => layer.getConfig().seed)).size).toBe(dropouts.length);
    expect(new Set(dropouts.map((layer) => layer.getConfig().rate))).toEqual(new Set([0.25]));
    expect(dropouts.map(({ name }) => name)).toEqual(
      {
        "em-net-v1-4x": ["encoder-dropout", "bottleneck-dropout"],
        "em-net-v2-4x": [1, 2, 3, 4].map((i) => `encoder-${i}-unit-1-dropout`).concat("bottleneck-dropout"),
      }[id as string] ?? ["encoder-dropout"],
    );
    expect(layersOfClass(network({ ...small, dropout: null }).build(shape, seeds("a")), "Dropout")).toEqual([]);
  });
});

describe("options", () => {
  it("baseFilters defaults to the authors' width and sets all others", () => {
    expect(plugin.components.map((network) => network.defaults.baseFilters)).toEqual([16, 32, 16, 16, 16, 16, 32]);
    const model = emNetV2_4x({ baseFilters: 4 }).build(shape, () => 1);
    const filters = (name: string) => (model.getLayer(name).outputShape as number[])[3];
    // An eighth of 32, 1024 and 64.
    expect(["encoder-1-unit-1-conv-2", "bottleneck-unit-2", "decoder-1-up-conv"].map(filters)).toEqual([4, 128, 8]);
  });

  it("kernelInitializer: He's spread by default, Glorot's range on request, Glorot always for the last convolution", () => {
    const name = "decoder-4-conv-2"; // 3 · 3 · 128 values in, 3 · 3 · 128 out
    const kernel = (kernelInitializer: "he-normal" | "glorot-uniform", layer: string) => {
      const model = emNetV1_2x({ baseFilters: 8, kernelInitializer }).build(shape, seeds("spread"));
      return [...(model.getLayer(layer).getWeights()[0] as tf.Tensor).dataSync()];
    };
    const he = kernel("he-normal", name);
    const deviation = Math.sqrt(he.reduce((sum, value) => sum + value ** 2, 0) / he.length);
    expect(deviation / Math.sqrt(2 / (9 * 128))).toBeCloseTo(1, 2);
    const glorot = kernel("glorot-uniform", name).map(Math.abs);
    const largest = glorot.reduce((most, value) => Math.max(most, value));
    expect(largest / Math.sqrt(6 / (9 * 256))).toBeCloseTo(1, 3);
    for (const initializer of ["he-normal", "glorot-uniform"] as const) {
      const limit = Math.sqrt(6 / 3); // 2 values in, 1 out
      expect(kernel(initializer, "probability").every((value) => Math.abs(value) <= limit)).toBe(true);
    }
  });

  it("spatialDropout takes whole channels, else single values, and scales up what it leaves", () => {
    const dropped = (spatialDropout: boolean) => {
      const options = { baseFilters: 4, dropout: 0.5, spatialDropout };
      const model = emNetV1_2x(options).build([64, 64, 1], seeds("dropout"));
      const ones = tf.ones([2, 4, 4, 64]);
      const y = model.getLayer("encoder-dropout").apply(ones, { training: true }) as tf.Tensor;
      return tf.sum(y, [1, 2]).dataSync(); // for each image and channel: of 16 values, those left, twice
    };
    const spatial = dropped(true);
    expect(new Set(spatial)).toEqual(new Set([0, 32]));
    const left = spatial.filter((value) => value > 0).length;
    expect(left).toBeGreaterThan(40);
    expect(left).toBeLessThan(88);
    expect(spatial.slice(0, 64)).not.toEqual(spatial.slice(64)); // each image drops its own
    expect(dropped(false).filter((value) => value > 0 && value < 32).length).toBeGreaterThan(120);
  });

  it("batchNormMomentum reaches every normalisation", () => {
    const model = emNetV1Bn2x({ ...small, batchNormMomentum: 0.9 }).build(shape, () => 1);
    const momenta = layersOfClass(model, "BatchNormalization").map((layer) => layer.getConfig());
    expect(momenta).toHaveLength(73);
    for (const { momentum, epsilon } of momenta) expect([momentum, epsilon]).toEqual([0.9, 1e-3]);
  });

  it("takes sides that are multiples of 16", () => {
    expect(plugin.components.map((network) => network().stride)).toEqual([16, 16, 16, 16, 16, 16, 16]);
    expect(() => emNetV2().build([72, 64, 1], () => 1)).toThrow(/multiples of 16.*72 × 64.*64 or 80/);
  });

  it("refuses what cannot be built, saying what would work", () => {
    expect(() => emNetV1_2x({ baseFilters: 1.5 })).toThrow(
      'network "em-net-v1-2x" needs a whole number above 0 for "baseFilters", such as 4 or 16, but was given 1.5',
    );
    expect(() => emNetV1Bn2x({ baseFilters: 3 })).toThrow('needs an even number above 0 for "baseFilters"');
    expect(() => emNetV2_4x({ dropout: 50 })).toThrow(
      'a "dropout" between 0 and 1, or null for none, but was given 50',
    );
    // @ts-expect-error: as from JSON; the default, null, does not say what type it takes
    expect(() => emNetV2({ dropout: "0.5" })).toThrow('a "dropout" between 0 and 1');
    expect(() => emNetV2({ batchNormMomentum: 1 })).toThrow('"batchNormMomentum" from 0 to below 1');
    // @ts-expect-error: as from JSON
    expect(() => emNetV2({ head: "plain" })).toThrow('needs "faithful" or "stable" for "head", but was given "plain"');
    // @ts-expect-error: as from JSON
    expect(() => emNetV2({ kernelInitializer: "zeros" })).toThrow('"he-normal" or "glorot-uniform"');
  });
});
