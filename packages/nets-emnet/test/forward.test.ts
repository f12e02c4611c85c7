import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { type LayersModel, models } from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it } from "vitest";
import plugin, { emNetV1Bn, Tlu } from "../src/index.js";

function seeds(): () => number {
  let last = 0;
  return () => ++last;
}

/** The same network with a ReLU in the place of every TLU, and the same weights. */
async function withRelus(model: LayersModel): Promise<LayersModel> {
  const config = model.toJSON(null, false) as { config: { layers: { class_name: string; config: object }[] } };
  for (const layer of config.config.layers.filter(({ class_name }) => class_name === Tlu.className)) {
    layer.class_name = "ReLU";
  }
  const twin = (await models.modelFromJSON(config as Parameters<typeof models.modelFromJSON>[0])) as LayersModel;
  for (const layer of twin.layers) {
    if (layer.getClassName() !== "ReLU") layer.setWeights(model.getLayer(layer.name).getWeights());
  }
  return twin;
}

describe.each(["cpu", "wasm"])("on %s", (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
  });

  describe.each(plugin.components.map((network) => [network.id, network] as const))("%s", (_, network) => {
    it("starts as the same network with ReLUs, bit for bit, and leaves no tensor behind", async () => {
      const model = network({ baseFilters: 4 }).build([null, null, 2], seeds());
      const twin = await withRelus(model);
      expect(twin.layers.some((layer) => layer.getClassName() === Tlu.className)).toBe(false);
      const x = tf.randomNormal([1, 32, 16, 2], 0, 1, "float32", 3);
      const { numTensors } = tf.memory();
      const [y, z] = [model, twin].map((each) => tf.tidy(() => (each.predict(x) as tf.Tensor).dataSync()));
      expect(z).toEqual(y);
      expect(new Set(y).size).toBeGreaterThan(32);
      expect(tf.memory().numTensors).toBe(numTensors);
      model.dispose();
      twin.dispose();
    });
  });
});

it("every TLU counts: another alpha or beta anywhere is another prediction", async () => {
  await tf.setBackend("wasm");
  const model = emNetV1Bn({ baseFilters: 4, head: "stable" }).build([null, null, 1], seeds());
  const x = tf.randomUniform([1, 32, 32, 1], 0, 1, "float32", 3);
  const predict = () => tf.tidy(() => (model.predict(x) as tf.Tensor).dataSync());
  const before = predict();
  for (const layer of model.layers.filter((layer) => layer.getClassName() === Tlu.className)) {
    const [alpha, beta] = layer.getWeights() as [tf.Tensor, tf.Tensor];
    layer.setWeights([tf.fill(alpha.shape, 0.5), beta]);
    expect(predict(), `alpha of ${layer.name}`).not.toEqual(before);
    layer.setWeights([tf.zeros(alpha.shape), tf.fill(beta.shape, 2)]);
    expect(predict(), `beta of ${layer.name}`).not.toEqual(before);
    layer.setWeights([tf.zeros(alpha.shape), tf.ones(beta.shape)]);
  }
  expect(predict()).toEqual(before);
});
