import "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";
import { preluNet, unet, unetBn } from "../src/index.js";
import { authorsLayers, layersOf, total } from "./authors-layers.js";

beforeAll(async () => {
  await tf.setBackend("wasm");
});

it.each([
  ["unet", unet, 31_031_685, 0],
  ["unet-bn", unetBn, 31_045_385, 13_700],
  ["prelu-net", preluNet, 31_052_235, 13_700],
] as const)("%s at the authors' width has their layers and weights", (id, network, trainable, nonTrainable) => {
  const model = network().build([512, 512, 1], () => 1);
  const found = layersOf(model);
  model.dispose();
  if (id !== "prelu-net") expect(found).toEqual(authorsLayers(id, 64));
  expect([total(found, "trainable"), total(found, "nonTrainable")]).toEqual([trainable, nonTrainable]);
  expect(total(found, "macs")).toBe(218_423_099_392);
});
