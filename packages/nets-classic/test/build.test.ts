import "@tensorflow/tfjs-backend-wasm";
import { createRandom } from "@em-stellar/core";
import * as tf from "@tensorflow/tfjs-core";
import type { LayersModel, LayerVariable, layers } from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it } from "vitest";
import plugin, { cdeep3m, resnet, resnet50Unet, segnet, segnetEmnet, vgg16Unet } from "../src/index.js";

beforeAll(async () => {
  await tf.setBackend("wasm");
});

const small = { baseFilters: 2 };
const shape = [32, 32, 1] as const;

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
    expect(namesOf(first)[0]).toMatch(/^(encoder-1|stem)-conv(-1)?\/kernel$/);
    expect(new Set(namesOf(first)).size).toBe(first.weights.length);
  });

  it("has no dropout but where a rate is given, then at the deepest level, from a seed of its own", () => {
    expect(layersOfClass(network(small).build(shape, seeds("a")), "Dropout")).toEqual([]);
    let asked = 0;
    const model = network({ ...small, dropout: 0.25 }).build([64, 64, 1], () => ++asked);
    const [layer, ...others] = layersOfClass(model, "Dropout") as [layers.Layer];
    expect(others).toEqual([]);
    expect(layer.getConfig()).toMatchObject({ name: "bottleneck-dropout", rate: 0.25, noiseShape: [null, 1, 1, null] });
    expect((layer.outputShape as number[])[1]).toBe(64 / network().stride);
    const random = layersOfClass(model, "EmStellarDilatedDeconvolution").filter(
      (each) => each.getConfig().kernelStart !== "bilinear",
    );
    expect(asked).toBe(layersOfClass(model, "Conv2D").length + random.length + 1);
    const single = network({ ...small, dropout: 0.25, spatialDropout: false }).build(shape, () => 1);
    expect(single.getLayer("bottleneck-dropout").getConfig().noiseShape).toBeUndefined();
  });

  it("batchNormMomentum reaches every normalisation", () => {
    const model = network({ ...small, batchNormMomentum: 0.75 }).build(shape, () => 1);
    const momenta = layersOfClass(model, "BatchNormalization").map((layer) => layer.getConfig().momentum);
    expect(momenta.length).toBeGreaterThan(15);
    expect(new Set(momenta)).toEqual(new Set([0.75]));
  });

  it("refuses what cannot be built, saying what would work", () => {
    const { baseFilters } = network.defaults;
    expect(() => network({ baseFilters: 1.5 })).toThrow(
      `network "${id}" needs a whole number above 0 for "baseFilters", such as 4 or ${baseFilters}, but was given 1.5`,
    );
    expect(() => network({ dropout: 50 })).toThrow('a "dropout" between 0 and 1, or null for none, but was given 50');
    expect(() => network({ batchNormMomentum: 1 })).toThrow('"batchNormMomentum" from 0 to below 1');
    // @ts-expect-error: as from JSON
    expect(() => network({ kernelInitializer: "zeros" })).toThrow('"he-normal" or "glorot-uniform" for "kernelInit');
    const { stride } = network();
    expect(() => network().build([stride + 1, stride, 1], () => 1)).toThrow(`sides that are multiples of ${stride}`);
  });
});

describe("options", () => {
  it("baseFilters defaults to the authors' width and sets all others; the stride is the deepest level's", () => {
    expect(plugin.components.map((network) => network.defaults.baseFilters)).toEqual([64, 16, 64, 64, 32, 32]);
    expect(plugin.components.map((network) => network().stride)).toEqual([32, 32, 32, 32, 32, 16]);
    const model = resnet50Unet({ baseFilters: 2 }).build(shape, () => 1);
    const filters = (name: string) => (model.getLayer(name).outputShape as number[])[3];
    // A thirty-second of 64, 2048, 512 and 64.
    const names = ["stem-conv", "encoder-4-unit-1-add", "decoder-5-conv-1", "decoder-1-conv-2"];
    expect(names.map(filters)).toEqual([2, 64, 16, 2]);
  });

  it("kernelInitializer: the authors' own by default, another on request", () => {
    const start = (model: LayersModel, name: string) =>
      (model.getLayer(name).getConfig().kernelInitializer as { config: object }).config;
    // The scale before the distribution is truncated, which leaves 0.88² of the variance.
    const he = { mode: "fanIn", distribution: "normal", scale: expect.closeTo(2 / 0.879625662 ** 2, 6) };
    const glorot = { mode: "fanAvg", distribution: "uniform", scale: 1 };
    const first = (network: (typeof plugin.components)[number], kernelInitializer?: "he-normal" | "glorot-uniform") => {
      const model = network({ ...small, ...(kernelInitializer ? { kernelInitializer } : {}) }).build(shape, () => 1);
      return start(model, layersOfClass(model, "Conv2D")[3]?.name ?? "none");
    };
    expect(first(vgg16Unet)).toMatchObject(he);
    expect(first(resnet)).toMatchObject(glorot);
    expect(first(resnet50Unet)).toMatchObject(he);
    expect(first(segnet)).toMatchObject(he);
    expect(first(segnetEmnet)).toMatchObject(glorot);
    expect(first(resnet, "he-normal")).toMatchObject(he);
    expect(first(vgg16Unet, "glorot-uniform")).toMatchObject(glorot);
    // CDeep3M's files: normal in the stem, Caffe's xavier (by fan-in) after it, small in the heads.
    const faithful = cdeep3m(small).build(shape, () => 1);
    expect(start(faithful, "stem-conv-1")).toMatchObject({ mean: 0, stddev: 0.01 });
    expect(start(faithful, "encoder-1-conv")).toMatchObject({ mode: "fanIn", distribution: "uniform", scale: 1 });
    expect(start(faithful, "head-2-conv")).toMatchObject({ mean: 0, stddev: 0.001 });
    const other = cdeep3m({ ...small, kernelInitializer: "he-normal" }).build(shape, () => 1);
    expect(["stem-conv-1", "encoder-1-conv"].map((name) => start(other, name))).toEqual([
      expect.objectContaining(he),
      expect.objectContaining(he),
    ]);
    expect(start(other, "head-2-conv")).toMatchObject({ mean: 0, stddev: 0.001 });
  });

  it("the stable head has the faithful head's weights, and no ReLU between its two filters and the output", () => {
    for (const network of [vgg16Unet, resnet50Unet, cdeep3m]) {
      const [faithful, stable] = (["faithful", "stable"] as const).map((head) =>
        network({ ...small, head }).build(shape, () => 1),
      ) as [LayersModel, LayersModel];
      expect(stable.countParams()).toBe(faithful.countParams());
      const gone = faithful.layers
        .map(({ name }) => name)
        .filter((name) => !stable.layers.some((each) => each.name === name));
      expect(gone).toEqual(
        network === cdeep3m
          ? [1, 2, 3, 4].map((i) => expect.stringMatching(`head-${i}-conv-relu`))
          : ["head-conv-relu"],
      );
    }
    expect(() => vgg16Unet(JSON.parse('{ "head": "plain" }'))).toThrow('needs "faithful" or "stable" for "head"');
    // @ts-expect-error: these end in one filter
    expect(() => segnet({ head: "stable" })).toThrow('network "segnet" has no option "head"');
  });
});
