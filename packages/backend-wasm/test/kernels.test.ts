import type { Device } from "@em-stellar/core/training";
import { type Case, check } from "@em-stellar/kernels/testing";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { followers, trainingCase } from "../../../tests/conformance/normalization.js";
import { fill, sample } from "../../kernels/src/testing/reference.js";
import { wasm } from "../src/index.js";

// What our kernels promise beyond right values and gradients, which the conformance tests check.

let device: Device;
beforeAll(async () => {
  device = await wasm().start();
});
afterAll(() => device.dispose());

describe("batch normalization in one kernel keeps its digits", () => {
  it("around a mean of 1000: a variance of 1/3 to a millionth", () =>
    check({ ...trainingCase([1, 40, 32, 1], 1000), tolerance: 1e-6 }, device));

  it.each(followers.map((follower) => [follower.name, follower] as const))(
    "10 000 deviations off 0, then %s",
    (_, follower) => check({ ...trainingCase([2, 9, 7, 3], 5000, follower), tolerance: 1e-5 }, device),
  );
});

describe("sums", () => {
  it("of a million equal values keep six digits, of which tfjs's own keep two", () => {
    tf.tidy(() => {
      const count = 2 ** 20 + 3;
      const tenths = tf.fill([count], 0.1);
      const exact = Math.fround(0.1);
      expect((tf.sum(tenths).dataSync()[0] as number) / (count * exact)).toBeCloseTo(1, 5);
      expect((tf.mean(tenths).dataSync()[0] as number) / exact).toBeCloseTo(1, 5);
    });
  });
});

describe("products of matrices, one of them transposed", () => {
  it.each([
    ["rows that make a picture", 1, 600, 9, 17],
    ["rows that do not", 1, 521, 4, 2],
    ["batches", 3, 2, 5, 4],
  ])("%s", async (_, batch, rows, inner, columns) => {
    for (const transposeA of [true, false]) {
      const a = sample(1, [batch, ...(transposeA ? [inner, rows] : [rows, inner])]);
      const b = sample(2, [batch, ...(transposeA ? [inner, columns] : [columns, inner])]);
      const place = (count: number, i: number, k: number) => (transposeA ? k * count + i : i * inner + k);
      const one = (i: number): number => {
        const [from, row, column] = [
          inner * Math.floor(i / (rows * columns)),
          Math.floor(i / columns) % rows,
          i % columns,
        ];
        let sum = 0;
        for (let k = 0; k < inner; k++) {
          const left = a.values[from * rows + place(rows, row, k)] as number;
          sum += left * (b.values[from * columns + place(columns, column, k)] as number);
        }
        return sum;
      };
      const item: Case = {
        name: "product",
        inputs: [a, b],
        run: ([x, y]) => tf.matMul(x as tf.Tensor, y as tf.Tensor, transposeA, !transposeA),
        expected: () => fill([batch, rows, columns], one),
        compared: 4,
      };
      await check(item, device);
    }
  });
});

describe("the optimizer step in one kernel", () => {
  const run = (name: string, inputs: tf.Tensor[], attributes: tf.NamedAttrMap) =>
    // tfjs passes lists under the type of a map.
    tf.engine().runKernel(name, inputs as unknown as tf.NamedTensorMap, attributes) as unknown as tf.Tensor[];
  const step = (weights: tf.Tensor[]) =>
    run("EmStellarAdaptiveStep", weights, {
      beta1: 0.9,
      beta2: 0.99,
      stepSize: 0.1,
      epsilon: 0.001,
      keep: 0.999,
      adaptive: true,
    });
  const one = (): [weight: tf.Tensor, gradient: tf.Tensor, first: tf.Tensor, second: tf.Tensor] => [
    tf.tensor1d([1, 1]),
    tf.tensor1d([0.5, Number.NaN]),
    tf.tensor1d([0.2, 0]),
    tf.tensor1d([0.04, 0]),
  ];

  it("writes over what nothing else holds, and takes no memory; a copy of a weight stays as it was", () => {
    tf.tidy(() => {
      const [weight, gradient, first, second] = one();
      const { numDataBuffers } = tf.memory();
      const results = step([weight, gradient, first, second]);
      expect(tf.memory().numDataBuffers).toBe(numDataBuffers);
      expect(results.map(({ dataId }) => dataId)).toEqual([weight, first, second].map(({ dataId }) => dataId));
    });
    tf.tidy(() => {
      const [weight, gradient, first, second] = one();
      const copies = [tf.clone(weight), tf.clone(second)] as const;
      const [newWeight, newFirst, newSecond] = step([weight, gradient, first, second]) as [
        tf.Tensor,
        tf.Tensor,
        tf.Tensor,
      ];
      expect([newWeight.dataId === weight.dataId, newFirst.dataId === first.dataId]).toEqual([false, true]);
      expect(newWeight.dataSync()[0]).toBeCloseTo(0.8728744, 6);
      expect(newSecond.dataSync()[0]).toBeCloseTo(0.2896, 6);
      expect([...copies[0].dataSync()]).toEqual([1, 1]);
      expect(copies[1].dataSync()[0]).toBeCloseTo(0.04, 6);
    });
  });

  it("leaves no convolution of tfjs with the filter of before: XNNPACK packs filters once", () => {
    tf.tidy(() => {
      const filter = tf.ones([2, 2, 1, 1]) as tf.Tensor4D;
      // Dilated, which is not ours.
      const convolved = () =>
        tf.conv2d(tf.ones([1, 3, 3, 1]) as tf.Tensor4D, filter, 1, "valid", "NHWC", 2).dataSync()[0];
      expect(convolved()).toBe(4);
      run("EmStellarMomentumStep", [filter, tf.ones([2, 2, 1, 1])], { momentum: 0, stepSize: 0.25, keep: 1 });
      expect(convolved()).toBe(3);
    });
  });

  it("takes weights of all sizes, some of them empty, in one go", () => {
    const sizes = [1, 3, 0, 4, 17, 1000];
    tf.tidy(() => {
      const weights = sizes.flatMap((size, i) => [tf.range(0, size, 1), tf.fill([size], i), tf.fill([size], 2)]);
      const outputs = run("EmStellarMomentumStep", weights, { momentum: 0.5, stepSize: 2, keep: 1 });
      sizes.forEach((size, i) => {
        expect([...(outputs[2 * i] as tf.Tensor).dataSync()]).toEqual(
          Array.from({ length: size }, (_, at) => at - 2 * (1 + i)),
        );
        expect([...(outputs[2 * i + 1] as tf.Tensor).dataSync()]).toEqual(Array(size).fill(1 + i));
      });
    });
  });
});
