import "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";
import { authorsOf } from "../../../tests/authors-layers.js";
import plugin, { resnet50Unet } from "../src/index.js";
import fixture from "./fixtures/layers-512.json" with { type: "json" };

const { authorsLayers, ids, layersOf } = authorsOf(fixture);

beforeAll(async () => {
  await tf.setBackend("wasm");
});

it.each(ids)("%s at its full width has the authors' layers and weights", (id) => {
  const network = plugin.components.find((each) => each.id === id) ?? expect.fail(`no ${id}`);
  const model = network().build([512, 512, 1], () => 1);
  const found = layersOf(model);
  model.dispose();
  expect(found).toEqual(authorsLayers(id));
});

it("resnet50-unet: ResNet-50's encoder counts as the known ResNet-50 without its top, here for one input channel", () => {
  const model = resnet50Unet().build([32, 32, 1], () => 1);
  const encoder = model.layers.filter(({ name }) => /^(encoder|stem)/.test(name));
  const count = (of: "trainableWeights" | "nonTrainableWeights") =>
    encoder
      .flatMap((layer) => layer[of])
      .reduce((sum, weight) => sum + (weight.shape as number[]).reduce((a, b) => a * b), 0);
  expect([count("trainableWeights"), count("nonTrainableWeights")]).toEqual([23_528_320, 53_120]);
  model.dispose();
});
