import type { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-wasm";
import {
  maxPoolWithIndices,
  maxPoolWithIndicesKernel,
  maxUnpool,
  maxUnpoolGradKernel,
  maxUnpoolKernel,
} from "@em-stellar/kernels";
import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { MaxPoolWithIndices, MaxUnpool } from "../src/index.js";
import { derivative, flat, type Reference, sample, weighted } from "./reference.js";

const tensor = ({ shape, values }: Reference) => tf.tensor4d(Float32Array.from(values), shape as Size);
type Size = [number, number, number, number];

function pooled(x: Reference): { maxima: Reference; indices: Int32Array } {
  const [batch, height, width, channels] = x.shape as Size;
  const shape = [batch, height / 2, width / 2, channels];
  const maxima = new Float64Array(x.values.length / 4);
  const indices = new Int32Array(x.values.length / 4);
  for (let b = 0; b < batch; b++) {
    for (let row = 0; row < height / 2; row++) {
      for (let column = 0; column < width / 2; column++) {
        for (let c = 0; c < channels; c++) {
          const window = [0, 1, 2, 3].map(
            (k) => x.values[flat(x.shape, b, 2 * row + (k >> 1), 2 * column + (k & 1), c)] as number,
          );
          const at = flat(shape, b, row, column, c);
          maxima[at] = Math.max(...window);
          indices[at] = window.indexOf(Math.max(...window)); // the first of equals
        }
      }
    }
  }
  return { maxima: { shape, values: maxima }, indices };
}

function unpooled(x: Reference, indices: Int32Array): Reference {
  const [batch, height, width, channels] = x.shape as Size;
  const shape = [batch, 2 * height, 2 * width, channels];
  const values = new Float64Array(4 * x.values.length);
  for (let b = 0; b < batch; b++) {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        for (let c = 0; c < channels; c++) {
          const from = flat(x.shape, b, row, column, c);
          const k = indices[from] as number;
          values[flat(shape, b, 2 * row + (k >> 1), 2 * column + (k & 1), c)] = x.values[from] as number;
        }
      }
    }
  }
  return { shape, values };
}

const sizes = fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }));

describe.each(["cpu", "wasm"])("on %s", (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
  });

  it("pools and puts back, by hand", () => {
    const x = tf.tensor4d(
      [
        [1, 2, 5, 5],
        [4, 3, 0, 5],
        [0, 0, -3, -2],
        [0, 0, -2, -1],
      ].flat(),
      [1, 4, 4, 1],
    );
    const { pooled: maxima, indices } = maxPoolWithIndices(x);
    expect([...maxima.dataSync()]).toEqual([4, 5, 0, -1]);
    expect([...indices.dataSync()]).toEqual([2, 0, 0, 3]); // 5 thrice, 0 four times: the first
    expect(indices.dtype).toBe("int32");
    const back = maxUnpool(tf.tensor4d([10, 20, 30, 40], [1, 2, 2, 1]), indices);
    expect(back.shape).toEqual([1, 4, 4, 1]);
    expect([...back.dataSync()]).toEqual([0, 0, 20, 0, 10, 0, 0, 0, 30, 0, 0, 0, 0, 0, 0, 40]);
  });

  it("pools as tf.maxPool, and puts each value where plain loops do, ties included", () => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 5 }), fc.integer(), ([batch, rows, columns], channels, seed) => {
        const x = sample(seed, [batch, 2 * rows, 2 * columns, channels]);
        x.values.set(x.values.map((value) => Math.max(0, Math.round(value * 3)))); // 0 to 3, mostly 0: ties everywhere
        const other = sample(seed + 1, [batch, rows, columns, channels]);
        const { maxima, indices } = pooled(x);
        tf.tidy(() => {
          const found = maxPoolWithIndices(tensor(x));
          expect([...found.pooled.dataSync()]).toEqual([...maxima.values]);
          expect([...found.pooled.dataSync()]).toEqual([...tf.maxPool(tensor(x), 2, 2, "valid").dataSync()]);
          expect([...found.indices.dataSync()]).toEqual([...indices]);
          const back = maxUnpool(tensor(other), found.indices);
          expect([...back.dataSync()]).toEqual([...unpooled(other, indices).values]);
        });
      }),
      { numRuns: 25 },
    );
  });

  it("has gradients through pooling, a change in between and un-pooling that central differences confirm", () => {
    const shape = [2, 4, 6, 3];
    const x = sample(4, shape);
    // All values of a window apart, so that a small step moves no maximum to another place.
    const place = (i: number) => (Math.floor(i / (6 * 3)) % 2) * 2 + (Math.floor(i / 3) % 2);
    x.values.set(x.values.map((value, i) => value * 0.2 + place(i) * (i % 2 === 0 ? 1 : -1)));
    const weights = sample(5, shape);
    const { numTensors } = tf.memory();
    const seen = tf.tidy(() => {
      const f = (input: tf.Tensor) => {
        const { pooled: maxima, indices } = maxPoolWithIndices(input as tf.Tensor4D);
        return maxUnpool(tf.square(maxima), indices);
      };
      return [...tf.grad(f)(tensor(x), tensor(weights)).dataSync()];
    });
    expect(tf.memory().numTensors).toBe(numTensors);
    const total = () => {
      const { maxima, indices } = pooled(x);
      return weighted(unpooled({ ...maxima, values: maxima.values.map((value) => value ** 2) }, indices), weights);
    };
    for (const [i, value] of derivative(total, x, 2 ** -8).entries()) expect(seen[i]).toBeCloseTo(value, 4);
    expect(seen.filter((value) => value !== 0)).toHaveLength(36); // one for each window and channel
  });

  it("gives a window of equal values one gradient, at its first element", () => {
    const x = tf.zeros([1, 2, 4, 1]) as tf.Tensor4D;
    const dy = tf.tensor4d([7, 9], [1, 1, 2, 1]);
    const dx = tf.grad((a) => maxPoolWithIndices(a as tf.Tensor4D).pooled)(x, dy);
    expect([...dx.dataSync()]).toEqual([7, 0, 9, 0, 0, 0, 0, 0]);
  });
});

describe("their kernels", () => {
  beforeAll(async () => {
    await tf.setBackend("cpu");
  });
  afterEach(() => {
    for (const name of [maxPoolWithIndicesKernel, maxUnpoolKernel, maxUnpoolGradKernel]) {
      if (tf.getKernel(name, "cpu")) tf.unregisterKernel(name, "cpu");
    }
  });

  /** The contract of the kernels, by the plain loops of this file. */
  function registerPlainKernels(): string[] {
    const calls: string[] = [];
    const register = (
      kernelName: string,
      run: (
        read: (name: string) => Reference,
        make: (shape: readonly number[], dtype: "float32" | "int32", values: ArrayLike<number>) => tf.TensorInfo,
      ) => tf.TensorInfo | tf.TensorInfo[],
    ) =>
      tf.registerKernel({
        kernelName,
        backendName: "cpu",
        kernelFunc({ inputs, backend }) {
          calls.push(kernelName);
          const cpu = backend as MathBackendCPU;
          return run(
            (name) => {
              const { dataId, shape } = inputs[name] as tf.TensorInfo;
              return { shape, values: Float64Array.from(cpu.readSync(dataId) as Float32Array) };
            },
            (shape, dtype, values) => {
              const data = dtype === "int32" ? Int32Array.from(values) : Float32Array.from(values);
              return cpu.makeTensorInfo([...shape], dtype, data);
            },
          );
        },
      });
    register(maxPoolWithIndicesKernel, (read, make) => {
      const { maxima, indices } = pooled(read("x"));
      return [make(maxima.shape, "float32", maxima.values), make(maxima.shape, "int32", indices)];
    });
    register(maxUnpoolKernel, (read, make) => {
      const { shape, values } = unpooled(read("x"), Int32Array.from(read("indices").values));
      return make(shape, "float32", values);
    });
    register(maxUnpoolGradKernel, (read, make) => {
      const [dy, indices] = [read("dy"), read("indices")];
      // What un-pooling would put at each place: that element's own number, by which dy is then read.
      const numbers = unpooled(
        { ...indices, values: indices.values.map((_, i) => i + 1) },
        Int32Array.from(indices.values),
      );
      const dx = new Float64Array(indices.values.length);
      for (const [i, number] of numbers.values.entries()) if (number > 0) dx[number - 1] = dy.values[i] as number;
      return make(indices.shape, "float32", dx);
    });
    return calls;
  }

  it("are found by their names, and give what the composed operations give", () => {
    const [x, dy] = [tensor(sample(6, [2, 4, 4, 3])), tensor(sample(7, [2, 4, 4, 3]))];
    const run = () =>
      tf.tidy(() => {
        const f = (input: tf.Tensor) => {
          const { pooled: maxima, indices } = maxPoolWithIndices(input as tf.Tensor4D);
          return maxUnpool(tf.square(maxima), indices);
        };
        const { value, grad } = tf.valueAndGrad(f)(x, dy);
        return [[...value.dataSync()], [...grad.dataSync()]];
      });
    const composed = run();
    const calls = registerPlainKernels();
    const { numTensors } = tf.memory();
    expect(run()).toEqual(composed);
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(calls).toEqual([maxPoolWithIndicesKernel, maxUnpoolKernel, maxUnpoolGradKernel, maxUnpoolKernel]);
  });
});

it("their layers say their shapes, for sides that are not known too, and what they cost", () => {
  const pool = new MaxPoolWithIndices({});
  const shape = [null, 2, 3, 5];
  expect(pool.computeOutputShape([null, 4, 6, 5])).toEqual([shape, shape]);
  expect(pool.computeOutputShape([null, null, null, 5])[1]).toEqual([null, null, null, 5]);
  expect(new MaxUnpool({}).computeOutputShape([shape, shape])).toEqual([null, 4, 6, 5]);
  expect(pool.countOperations([[null, 4, 6, 5]], shape)).toEqual({ macs: 0, other: 120 }); // 2 · 3 · 5 windows of 4
  expect(new MaxUnpool({}).countOperations()).toEqual({ macs: 0, other: 0 });
});
