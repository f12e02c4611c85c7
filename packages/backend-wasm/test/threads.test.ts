import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { wasm } from "../src/index.js";

/** Values and gradients of a convolution, large enough that every thread gets a part. */
function convolution(): Float32Array {
  const values = (count: number, step: number) => Float32Array.from({ length: count }, (_, i) => ((i * step) % 17) - 8);
  return tf.tidy(() => {
    const x = tf.tensor4d(values(3 * 33 * 29 * 5, 7), [3, 33, 29, 5]);
    const filter = tf.tensor4d(values(3 * 3 * 5 * 19, 5), [3, 3, 5, 19]);
    const { value, grads } = tf.valueAndGrads((a: tf.Tensor, b: tf.Tensor) =>
      tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, 1, "same"),
    )([x, filter]);
    return tf.concat([value, ...grads].map((tensor) => tf.reshape(tensor, [-1]))).dataSync() as Float32Array;
  });
}

function same(a: Float32Array, b: Float32Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

it.each(["relaxed", "strict"] as const)("two and three threads compute what one does (%s SIMD)", async (simd) => {
  const results: Float32Array[] = [];
  for (const threads of [1, 2, 3]) {
    const device = await wasm({ threads, simd }).start();
    expect(device.details.threads).toBe(String(threads));
    results.push(convolution());
    // Many short jobs: threads that wake up late may not take parts of a later one.
    const first = convolution();
    for (let round = 0; round < 20; round++) expect(same(convolution(), first)).toBe(true);
    await device.dispose();
  }
  // The values are whole numbers, so that sums are exact in any order.
  for (const result of results) expect(same(result, results[0] as Float32Array)).toBe(true);
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
