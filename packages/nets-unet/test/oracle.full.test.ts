import "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";
import { authorsOf } from "../../../tests/authors-layers.js";
import { unet, unetBn } from "../src/index.js";
import fixture from "./fixtures/layers-512.json" with { type: "json" };

const { authorsLayers, layersOf } = authorsOf(fixture);

beforeAll(async () => {
  await tf.setBackend("wasm");
});

it.each([
  ["unet", unet],
  ["unet-bn", unetBn],
] as const)("%s at the authors' width has their layers and weights", (id, network) => {
  const model = network().build([512, 512, 1], () => 1);
  const found = layersOf(model);
  model.dispose();
  expect(found).toEqual(authorsLayers(id));
});
