import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { upConvolution } from "../../kernels/src/operations/up-convolution.js";
import { wasm } from "../src/index.js";

type Shape = [number, number, number, number];
type Layer = readonly [layer: (x: tf.Tensor4D, filter: tf.Tensor4D) => tf.Tensor, x: Shape, filter: Shape];

const convolution = (x: tf.Tensor4D, filter: tf.Tensor4D) => tf.conv2d(x, filter, 1, "same");
const enlarging = (x: tf.Tensor4D, filter: tf.Tensor4D) => upConvolution(x, filter, null);

/** Large enough that every thread gets a part. */
const small: Layer = [convolution, [3, 33, 29, 5], [3, 3, 5, 19]];

/** Of each kind two: threads share the rows in the gradient of the second one's filter, and channels in that of the first. */
const layers: readonly Layer[] = [
  small,
  [convolution, [1, 131, 29, 5], [3, 3, 5, 19]],
  [enlarging, [1, 12, 11, 20], [2, 2, 20, 7]],
  [enlarging, [2, 23, 21, 6], [2, 2, 6, 7]],
  [tf.add, [1, 67, 33, 5], [1, 67, 33, 5]],
];

/** Their values and gradients. */
function results(of: readonly Layer[]): Float32Array {
  const values = (shape: Shape, step: number) =>
    tf.tensor4d(
      Float32Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => ((i * step) % 17) - 8),
      shape,
    );
  return tf.tidy(() => {
    const found = of.flatMap(([layer, x, filter]) => {
      const both = tf.valueAndGrads(layer as (...inputs: tf.Tensor[]) => tf.Tensor);
      const { value, grads } = both([values(x, 7), values(filter, 5)]);
      return [value, ...grads];
    });
    return tf.concat(found.map((tensor) => tf.reshape(tensor, [-1]))).dataSync() as Float32Array;
  });
}

function same(a: Float32Array, b: Float32Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

it.each(["relaxed", "strict"] as const)("two and three threads compute what one does (%s SIMD)", async (simd) => {
  const found: Float32Array[] = [];
  for (const threads of [1, 2, 3]) {
    const device = await wasm({ threads, simd }).start();
    expect(device.details.threads).toBe(String(threads));
    found.push(results(layers));
    // Many short jobs: threads that wake up late may not take parts of a later one.
    const first = results([small]);
    for (let round = 0; round < 20; round++) expect(same(results([small]), first)).toBe(true);
    await device.dispose();
  }
  // The values are whole numbers, so that sums are exact in any order.
  for (const result of found) expect(same(result, found[0] as Float32Array)).toBe(true);
});

it("refuses what cannot be, before it starts", () => {
  expect(() => wasm({ threads: 0 })).toThrow('needs a whole number from 1 to 64 for "threads", but was given 0.');
  expect(() => wasm({ threads: 1.5 })).toThrow("1.5");
  expect(() => wasm({ threads: 2, simd: "none" })).toThrow('needs "relaxed" or "strict" for "simd"');
});

it("shares a device with those who want the same alone", async () => {
  const device = await wasm({ simd: "strict" }).start();
  const same = await wasm({ simd: "strict" }).start();
  await expect(async () => wasm({ simd: "relaxed" }).start()).rejects.toThrow(
    /already runs in this process with the options .*"strict".* and cannot also run with .*"relaxed"/,
  );
  await same.dispose();
  await device.dispose();
  await (await wasm().start()).dispose();
});
