import "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it } from "vitest";
import { authorsOf } from "../../../tests/authors-layers.js";
import plugin, { cdeep3m, segnet, segnetEmnet } from "../src/index.js";
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

// The networks at their real width, up to 41 million weights, are checked in oracle.full.test.ts, what they cost in tests/complexity.test.ts.
describe.each(ids)("%s against the authors' builders", (id) => {
  it("has their layers, joined as theirs, at a quarter of the width", () => {
    const network = networkOf(id);
    const model = network({ baseFilters: network.defaults.baseFilters / 4 }).build([512, 512, 1], seeds());
    expect(layersOf(model)).toEqual(authorsLayers(id, 1 / 4));
    model.dispose();
  });
});

/** Kernel and bias shapes of the convolutions whose names match, in the order of the network: `3×3 64→128 @32`, the last its side. */
function convolutions(model: LayersModel, pattern: RegExp): string[] {
  return model.layers
    .filter((layer) => pattern.test(layer.name) && /Conv2D|Deconvolution/.test(layer.getClassName()))
    .map((layer) => {
      const shape = layer.weights[0]?.shape as number[];
      const [height, width, ...channels] = shape;
      const [from, to] = layer.getClassName() === "Conv2D" ? channels : channels.reverse();
      return `${height}×${width} ${from}→${to} @${(layer.outputShape as number[])[1]}`;
    });
}

describe("what no published code builds, against the tables of its description", () => {
  it("segnet: VGG-16's convolutions, mirrored, each decoder level ending at the width of its pooling's indices", () => {
    const model = segnet({ baseFilters: 1 }).build([64, 64, 1], seeds());
    expect(convolutions(model, /encoder/)).toEqual([
      ...["3×3 1→1 @64", "3×3 1→1 @64", "3×3 1→2 @32", "3×3 2→2 @32", "3×3 2→4 @16", "3×3 4→4 @16", "3×3 4→4 @16"],
      ...["3×3 4→8 @8", "3×3 8→8 @8", "3×3 8→8 @8", "3×3 8→8 @4", "3×3 8→8 @4", "3×3 8→8 @4"],
    ]);
    expect(convolutions(model, /decoder|probability/)).toEqual([
      ...["3×3 8→8 @4", "3×3 8→8 @4", "3×3 8→8 @4", "3×3 8→8 @8", "3×3 8→8 @8", "3×3 8→4 @8"],
      ...["3×3 4→4 @16", "3×3 4→4 @16", "3×3 4→2 @16", "3×3 2→2 @32", "3×3 2→1 @32", "3×3 1→1 @64", "3×3 1→1 @64"],
    ]);
    // Each un-pooling reads the indices of the pooling of its own level, and what is left of the level below.
    for (const level of [1, 2, 3, 4, 5]) {
      const node = model.getLayer(`decoder-${level}-unpool`).inboundNodes[0];
      const below = level === 5 ? "encoder-5-pool" : `decoder-${level + 1}-conv-`;
      expect(node?.inboundLayers.map(({ name }) => name)).toEqual([
        expect.stringContaining(below),
        `encoder-${level}-pool`,
      ]);
      expect(node?.tensorIndices).toEqual([0, 1]);
    }
    const shifts = model.layers.filter((layer) => layer.getClassName() === "BatchNormalization");
    expect(shifts).toHaveLength(25);
    for (const layer of shifts) expect(layer.getWeights()[1]?.dataSync()[0]).toBeCloseTo(0.001, 9);
  });

  it("cdeep3m: the convolutions of its prototxt, at an eighth of the width", () => {
    const model = cdeep3m({ baseFilters: 4 }).build([64, 64, 1], seeds());
    // Widths / 8: 32 64 96 192 384 | 32 48 64 384 256 | 1154 → 144 | 2048.
    expect(convolutions(model, /^stem/).sort()).toEqual(
      [
        ...["3×3 1→4 @32", "3×3 4→8 @32", "1×1 8→8 @32", "3×3 8→12 @32"],
        ...["1×1 8→8 @32", "7×1 8→8 @32", "1×7 8→8 @32", "3×3 8→12 @32", "3×3 24→24 @16"],
      ].sort(),
    );
    expect(convolutions(model, /^encoder-1/).sort()).toEqual(
      [
        ...["1×1 48→48 @16", "1×1 48→4 @16", "1×1 48→4 @16", "3×3 4→4 @16", "1×1 48→4 @16", "3×3 4→6 @16"],
        ...["3×3 6→8 @16", "1×1 16→48 @16", "3×3 48→48 @8", "1×1 48→32 @16", "3×3 32→32 @16", "3×3 32→48 @8"],
      ].sort(),
    );
    expect(convolutions(model, /^encoder-2/).sort()).toEqual(
      [
        ...["1×1 144→144 @8", "1×1 144→24 @8", "1×1 144→16 @8", "1×7 16→20 @8", "7×1 20→24 @8", "1×1 48→144 @8"],
        ...["1×1 144→32 @8", "3×3 32→48 @4", "1×1 144→32 @8", "3×3 32→36 @4"],
        ...["1×1 144→32 @8", "3×3 32→36 @8", "3×3 36→40 @4"],
      ].sort(),
    );
    expect(convolutions(model, /^encoder-3/).sort()).toEqual(
      [...["1×1 268→256 @4", "1×1 256→24 @4", "1×1 256→24 @4", "1×3 24→28 @4", "3×1 28→32 @4", "1×1 56→256 @4"]].sort(),
    );
    const five = (line: string) => Array.from({ length: 5 }, () => line);
    expect(convolutions(model, /^head-\d-deconv/).sort()).toEqual(
      [...five("4×4 24→2 @64"), ...five("8×8 48→2 @64"), ...five("16×16 144→2 @64"), "32×32 256→2 @64"].sort(),
    );
    expect(convolutions(model, /^head-\d-conv/)).toEqual(["3×3 2→2 @64", "3×3 2→2 @64", "3×3 2→2 @64", "3×3 2→2 @64"]);
    const last = (name: string) => model.getLayer(name).inboundNodes[0]?.inboundLayers.map((layer) => layer.name);
    expect(last("probability")).toEqual(["heads-add"]);
    expect(last("heads-add")).toEqual([1, 2, 3, 4].map((head) => `head-${head}-conv-relu`));
    // Caffe's normalisation, and no ReLU at the end of the stem's first branch.
    expect(model.getLayer("stem-conv-1-norm").getConfig()).toMatchObject({ momentum: 0.999, epsilon: 1e-5 });
    expect(last("stem-concat")).toEqual(["stem-branch-1-conv-2-norm", "stem-branch-2-conv-4-relu"]);
  });

  it("segnet and segnet-emnet differ in the widths of one level, in what enlarges, and at the head", () => {
    const [ours, notebooks] = [segnet, segnetEmnet].map((network) =>
      convolutions(network({ baseFilters: 2 }).build([32, 32, 1], seeds()), /coder/),
    ) as [string[], string[]];
    expect(ours.filter((line, i) => line !== notebooks[i])).toEqual(["3×3 16→8 @4", "3×3 8→8 @8"]);
    expect(notebooks.filter((line, i) => line !== ours[i])).toEqual(["3×3 16→16 @4", "3×3 16→8 @8"]);
  });
});
