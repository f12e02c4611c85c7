import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { cdeep3m, ObjectProbability, segnet } from "../src/index.js";

function seeds(): () => number {
  let last = 0;
  return () => ++last;
}

describe.each(["cpu", "wasm"])("on %s", (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
  });

  it("segnet carries values back to where they were largest", () => {
    const model = segnet({ baseFilters: 1 }).build([32, 32, 1], seeds());
    // All convolutions pass the middle tap of their first channel on; fresh normalisations with a shift of 0 are nearly the identity.
    for (const layer of model.layers) {
      const [first, second, ...others] = layer.getWeights() as tf.Tensor[];
      if (layer.getClassName() === "Conv2D" && first && second) {
        const kernel = tf.buffer(first.shape as [number, number, number, number]);
        kernel.set(1, 1, 1, 0, 0);
        layer.setWeights([kernel.toTensor(), tf.zeros(second.shape)]);
      }
      if (layer.getClassName() === "BatchNormalization" && first && second) {
        layer.setWeights([first, tf.zeros(second.shape), ...others]);
      }
    }
    const image = tf.buffer([1, 32, 32, 1]);
    image.set(5, 0, 17, 9, 0);
    image.set(3, 0, 4, 30, 0);
    const logits = tf.tidy(() => {
      const y = model.predict(image.toTensor()) as tf.Tensor;
      return tf.log(tf.div(y, tf.sub(1, y))).dataSync();
    });
    // One window of 32 × 32: only its largest value comes all the way back, shrunk by 25 normalisations of variance 1.001.
    const place = 17 * 32 + 9;
    expect(logits[place]).toBeCloseTo(5 * 1.001 ** (-25 / 2), 3);
    expect(logits.every((value, i) => i === place || Math.abs(value) < 1e-6)).toBe(true);
    model.dispose();
  });

  it("the object's probability is its share of the softmax over both channels", () => {
    const scores = tf.tensor4d([0, 0, 1, 3, 2, -1, 50, -60], [1, 2, 2, 2]);
    const y = new ObjectProbability({}).apply(scores) as tf.Tensor;
    expect(y.shape).toEqual([1, 2, 2, 1]);
    const expected = tf.slice(tf.softmax(scores), [0, 0, 0, 1], [-1, -1, -1, 1]).dataSync();
    for (const [i, value] of [...y.dataSync()].entries()) expect(value).toBeCloseTo(expected[i] as number, 6);
    expect(y.dataSync()[0]).toBe(0.5);
    expect(new ObjectProbability({}).countOperations([[null, 2, 2, 2]], [null, 2, 2, 1])).toEqual({
      macs: 0,
      other: 40,
      profiled: 0,
    });
  });

  it("cdeep3m with the faithful head cannot fall below one half where background is dead, with the stable head it can", () => {
    const lowest = (head: "faithful" | "stable") => {
      const model = cdeep3m({ baseFilters: 2, head }).build([16, 16, 1], seeds());
      for (const level of [1, 2, 3, 4]) {
        const layer = model.getLayer(`head-${level}-conv`);
        layer.setWeights([tf.zeros(layer.weights[0]?.shape as number[]), tf.tensor1d([-1, -2])]);
      }
      const [value] = (model.predict(tf.ones([1, 16, 16, 1])) as tf.Tensor).dataSync();
      return value as number;
    };
    expect(lowest("faithful")).toBe(0.5); // both channels 0
    expect(lowest("stable")).toBeCloseTo(1 / (1 + Math.exp(4)), 4); // four levels, each 1 lower for the object
  });
});
