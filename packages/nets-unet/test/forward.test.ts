import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it } from "vitest";
import { preluNet, unet, unetBn } from "../src/index.js";

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const logit = (p: number) => Math.log(p / (1 - p));

/** All weights zero but these: convolution → taps [row, column, channel in, channel out, value]. */
function setTaps(model: LayersModel, taps: Record<string, readonly (readonly number[])[]>): void {
  for (const layer of model.layers) {
    if (layer.getClassName() !== "Conv2D") continue;
    const [shape, biasShape] = layer.weights.map((weight) => weight.shape as number[]) as [number[], number[]];
    const kernel = tf.buffer(shape as [number, number, number, number]);
    for (const [row, column, from, to, value] of (taps[layer.name] ?? []) as [
      number,
      number,
      number,
      number,
      number,
    ][]) {
      kernel.set(value, row, column, from, to);
    }
    layer.setWeights([kernel.toTensor(), tf.zeros(biasShape)]);
  }
}

describe.each(["cpu", "wasm"])("on %s", (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
  });

  it("a U of one level, worked by hand", () => {
    const image = [
      [1, 2, 3, 4],
      [5, 6, 7, 8],
      [9, 8, 7, 6],
      [5, 4, 3, 2],
    ];
    const model = unet({ baseFilters: 1, depth: 1, dropout: null }).build([4, 4, 1], () => 1);
    const same = [1, 1, 0, 0, 1]; // the middle tap: the pixel itself
    setTaps(model, {
      "encoder-1-conv-1": [same],
      "encoder-1-conv-2": [same],
      "bottleneck-conv-1": [same],
      "bottleneck-conv-2": [same],
      // "same" for a 2 × 2 kernel: the second row and column read the pixel below and to the right, 0 beyond the edge.
      "decoder-1-up-conv": [[1, 1, 0, 0, 1]],
      // Concatenated as [skip, up]: 0.01 of the skip, 0.1 of what came up.
      "decoder-1-conv-1": [
        [1, 1, 0, 0, 0.01],
        [1, 1, 1, 0, 0.1],
      ],
      "decoder-1-conv-2": [same],
      "head-conv": [same],
      probability: [[0, 0, 0, 0, 1]],
    });
    const probability = model.predict(tf.tensor4d(image.flat(), [1, 4, 4, 1])) as tf.Tensor;
    // Pooled: 6 8 / 9 7. Up by nearest and shifted by one: 6 8 8 0 / 9 7 7 0 / 9 7 7 0 / 0 0 0 0.
    const up = [
      [6, 8, 8, 0],
      [9, 7, 7, 0],
      [9, 7, 7, 0],
      [0, 0, 0, 0],
    ];
    const expected = image.flatMap((row, y) =>
      row.map((value, x) => 0.01 * value + 0.1 * ((up[y] as number[])[x] as number)),
    );
    for (const [i, value] of [...probability.dataSync()].entries())
      expect(logit(value)).toBeCloseTo(expected[i] as number, 4);
    model.dispose();
  });

  it("the faithful head is blind below 0, the stable one is not", () => {
    const outputs = (["faithful", "stable"] as const).map((head) => {
      const model = unet({ baseFilters: 1, depth: 1, dropout: null, head }).build([null, null, 1], () => 1);
      const same = [1, 1, 0, 0, 1];
      setTaps(model, {
        "encoder-1-conv-1": [same],
        "encoder-1-conv-2": [same],
        "decoder-1-conv-1": [same],
        "decoder-1-conv-2": [same],
        "head-conv": [[1, 1, 0, 0, -1]],
        probability: [[0, 0, 0, 0, 3]],
      });
      return [...(model.predict(tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1])) as tf.Tensor).dataSync()];
    });
    expect(outputs[0]).toEqual([0.5, 0.5, 0.5, 0.5]);
    for (const [i, value] of (outputs[1] as number[]).entries()) expect(value).toBeCloseTo(sigmoid(-3 * (i + 1)), 5);
  });

  it("prelu-net with slope 0 is unet-bn, with another slope it is not", () => {
    let count = 0;
    const seeds = () => ++count;
    const options = { baseFilters: 2, depth: 2 };
    const x = tf.randomUniform([1, 8, 8, 1], 0, 1, "float32", 3);
    const predict = (model: LayersModel) => [...(model.predict(x) as tf.Tensor).dataSync()];
    const relu = predict(unetBn(options).build([8, 8, 1], seeds));
    count = 0;
    const same = predict(preluNet(options).build([8, 8, 1], seeds));
    count = 0;
    const leaky = predict(preluNet({ ...options, preluInitial: 0.25 }).build([8, 8, 1], seeds));
    for (const [i, value] of same.entries()) expect(value).toBeCloseTo(relu[i] as number, 6);
    expect(leaky).not.toEqual(same);
  });
});
