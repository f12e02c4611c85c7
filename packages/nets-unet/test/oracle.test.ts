import "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { authorsOf } from "../../../tests/authors-layers.js";
import { preluNet, unet, unetBn } from "../src/index.js";
import fixture from "./fixtures/layers-512.json" with { type: "json" };

const { authorsLayers, layersOf } = authorsOf(fixture);

beforeAll(async () => {
  await tf.setBackend("wasm");
});

const shape = [512, 512, 1] as const;

// The networks at their real width, 31 million weights each, are checked in oracle.full.test.ts, what they cost in tests/complexity.test.ts.
describe("against the authors' builders, layer by layer", () => {
  it("unet", () => {
    expect(layersOf(unet({ baseFilters: 8 }).build(shape, () => 1))).toEqual(authorsLayers("unet", 1 / 8));
  });

  it("unet-bn", () => {
    expect(layersOf(unetBn({ baseFilters: 8 }).build(shape, () => 1))).toEqual(authorsLayers("unet-bn", 1 / 8));
  });

  it("prelu-net is unet-bn with a slope for each channel in place of each of the 23 ReLUs", () => {
    const found = layersOf(preluNet({ baseFilters: 8 }).build(shape, () => 1));
    const slopes = found.filter(({ type }) => type === "PReLU");
    expect(slopes).toHaveLength(23);
    for (const { trainable, out } of slopes) expect(trainable).toBe(out[2]);
    const asRelu = found.map((row) =>
      row.type === "PReLU" ? { ...row, type: "Activation", trainable: 0, details: { activation: "relu" } } : row,
    );
    expect(asRelu).toEqual(authorsLayers("unet-bn", 1 / 8));
  });

  it("without dropout and with the stable head, only those layers are gone", () => {
    const found = layersOf(unetBn({ baseFilters: 8, dropout: null, head: "stable" }).build(shape, () => 1));
    const kept = authorsLayers("unet-bn", 1 / 8).filter(({ type }) => type !== "Dropout");
    const expected = [...kept.slice(0, -2), ...kept.slice(-1)]; // the ReLU of the head is the last layer but one
    expect(found.map(({ type, out, trainable }) => [type, out, trainable])).toEqual(
      expected.map(({ type, out, trainable }) => [type, out, trainable]),
    );
  });
});
