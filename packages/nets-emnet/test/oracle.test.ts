import "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { authorsOf, type LayerRow } from "../../../tests/authors-layers.js";
import plugin, { type EmNetOptions } from "../src/index.js";
import fixture from "./fixtures/layers-512.json" with { type: "json" };

const { authorsLayers, ids, layersOf } = authorsOf(fixture);
type Id = (typeof ids)[number];

beforeAll(async () => {
  await tf.setBackend("wasm");
});

const networkOf = (id: Id) => plugin.components.find((network) => network.id === id) ?? expect.fail(`no ${id}`);
const seeds = () => {
  let last = 0;
  return () => ++last;
};
const build = (id: Id, options: Partial<EmNetOptions>) => networkOf(id)(options).build([512, 512, 1], seeds());

it("the plugin has the authors' seven", () => {
  expect(plugin.components.map(({ id }) => id)).toEqual(ids);
});

// The networks at their real width, up to 34 million weights, are checked in oracle.full.test.ts, what they cost in tests/complexity.test.ts.
describe.each(ids)("%s against the authors' builders", (id) => {
  it("has their layers, joined as theirs, at an eighth of the width", () => {
    const model = build(id, { baseFilters: networkOf(id).defaults.baseFilters / 8 });
    expect(layersOf(model)).toEqual(authorsLayers(id, 1 / 8));
    model.dispose();
  });

  it("without dropout and with the stable head, only those layers are gone", () => {
    const model = build(id, { baseFilters: 2, dropout: null, head: "stable" });
    const kinds = (rows: readonly LayerRow[]) => rows.map(({ type, out, trainable }) => [type, out, trainable]);
    const kept = authorsLayers(id, 2 / networkOf(id).defaults.baseFilters).filter(({ type }) => !/Dropout/.test(type));
    // The ReLU of the head is the last layer but one.
    expect(kinds(layersOf(model))).toEqual(kinds([...kept.slice(0, -2), ...kept.slice(-1)]));
    model.dispose();
  });
});
