import type { Device } from "@em-stellar/core/training";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startBackend } from "../src/index.js";
import {
  batchNormalization,
  convolution,
  derivative,
  maxPooling,
  moments,
  type Reference,
  sample,
  spread,
  type Window,
  weighted,
} from "./finite-differences.js";

let device: Device;
let tensors = 0;

const tensor = ({ values, shape }: Reference) => tf.tensor(Float32Array.from(values), [...shape]);

/** Values and all gradients of an operation against a reference in double precision and its central differences. */
function compare(
  operation: (...inputs: tf.Tensor[]) => tf.Tensor,
  reference: () => Reference,
  inputs: readonly Reference[],
): void {
  const expected = reference();
  const weights = sample(99, expected.shape);
  tf.tidy(() => {
    const given = inputs.map(tensor);
    const { value, grads } = tf.valueAndGrads((...xs: tf.Tensor[]) => operation(...xs))(given, tensor(weights));
    expect(value.shape).toEqual(expected.shape);
    expectClose(value.dataSync(), expected.values);
    inputs.forEach((input, position) => {
      const indices = spread(input);
      const seen = (grads[position] as tf.Tensor).dataSync();
      const numeric = derivative(() => weighted(reference().values, weights), input, indices);
      expectClose(
        indices.map((index) => seen[index] as number),
        numeric,
      );
    });
  });
}

function expectClose(seen: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(seen.length).toBe(expected.length);
  const scale = Math.max(1, ...Array.from(expected, Math.abs));
  const worst = Math.max(...Array.from(expected, (value, i) => Math.abs((seen[i] as number) - value)));
  expect(worst / scale).toBeLessThan(2e-5);
}

describe.each(["wasm", "cpu"] as const)("%s", (id) => {
  beforeAll(async () => {
    device = await startBackend(id);
  });
  afterAll(() => device.dispose());
  beforeEach(() => {
    tensors = tf.memory().numTensors;
  });
  afterEach(() => {
    expect(tf.memory().numTensors).toBe(tensors);
  });

  describe("convolution", () => {
    const cases: [name: string, x: number[], filter: number[], stride: number, same: boolean][] = [
      ["3×3", [2, 5, 7, 3], [3, 3, 3, 4], 1, true],
      ["3×3 on one pixel", [1, 1, 1, 2], [3, 3, 2, 3], 1, true],
      ["3×3 on one column", [2, 6, 1, 2], [3, 3, 2, 3], 1, true],
      ["3×3, one channel in and out, batch 3", [3, 4, 5, 1], [3, 3, 1, 1], 1, true],
      ["3×3, valid", [2, 6, 5, 2], [3, 3, 2, 3], 1, false],
      ["3×3, stride 2, even size", [2, 6, 8, 2], [3, 3, 2, 3], 2, true],
      ["3×3, stride 2, odd size", [2, 7, 5, 2], [3, 3, 2, 3], 2, true],
      ["3×3, stride 2, valid, with a rest", [1, 8, 6, 2], [3, 3, 2, 2], 2, false],
      ["2×2, which pads below and on the right", [2, 4, 5, 3], [2, 2, 3, 2], 1, true],
      ["2×2, stride 2", [1, 5, 4, 2], [2, 2, 2, 3], 2, true],
      ["4×4", [1, 5, 6, 2], [4, 4, 2, 2], 1, true],
      ["1×1", [3, 4, 3, 5], [1, 1, 5, 2], 1, true],
      ["1×1, stride 2", [1, 5, 4, 3], [1, 1, 3, 2], 2, true],
      ["1×5 and its turn", [1, 4, 7, 2], [1, 5, 2, 2], 1, true],
      ["5×1", [1, 7, 4, 2], [5, 1, 2, 2], 1, true],
      ["7×7, stride 2", [1, 9, 11, 2], [7, 7, 2, 3], 2, true],
      ["filter larger than the image", [1, 3, 2, 2], [5, 5, 2, 2], 1, true],
      ["17 to 19 channels", [1, 4, 4, 17], [3, 3, 17, 19], 1, true],
    ];
    it.each(cases)("%s: value, dx and dw", (_name, xShape, filterShape, stride, same) => {
      const [x, filter] = [sample(1, xShape), sample(2, filterShape)];
      const window: Window = { height: filterShape[0] as number, width: filterShape[1] as number, stride, same };
      compare(
        (a, b) => tf.conv2d(a as tf.Tensor4D, b as tf.Tensor4D, stride, same ? "same" : "valid"),
        () => convolution(x, filter, window),
        [x, filter],
      );
    });

    it("with a bias, fused: dw and db", () => {
      const [x, filter, bias] = [sample(1, [2, 4, 5, 3]), sample(2, [3, 3, 3, 4]), sample(3, [4])];
      compare((a, b, c) =>
        tf.fused.conv2d({ x: a as tf.Tensor4D, filter: b as tf.Tensor4D, bias: c, strides: 1, pad: "same" }), () => {
        const { shape, values } = convolution(x, filter, { height: 3, width: 3, stride: 1, same: true });
        return { shape, values: values.map((value, i) => value + (bias.values[i % 4] as number)) };
      }, [x, filter, bias]);
    });
  });

  describe("max pooling", () => {
    const cases: [name: string, x: number[], window: number, stride: number, same: boolean, shift: number][] = [
      ["2×2", [2, 4, 6, 3], 2, 2, true, 0],
      ["2×2, all values negative", [3, 4, 4, 2], 2, 2, true, -5],
      ["2×2, odd sides, negative", [1, 5, 7, 2], 2, 2, true, -5],
      ["2×2, odd sides, valid", [1, 5, 7, 1], 2, 2, false, 0],
      ["3×3, stride 2, overlapping, negative", [2, 7, 6, 2], 3, 2, true, -5],
      ["3×3, stride 1", [1, 4, 5, 1], 3, 1, true, -0.5],
      ["on one pixel", [1, 1, 1, 2], 2, 2, true, -5],
    ];
    it.each(cases)("%s: value and dx", (_name, shape, size, stride, same, shift) => {
      const x = sample(4, shape, shift);
      compare(
        (a) => tf.maxPool(a as tf.Tensor4D, size, stride, same ? "same" : "valid"),
        () => maxPooling(x, { height: size, width: size, stride, same }),
        [x],
      );
    });

    it.each([
      ["zeros", 0],
      ["negative", -2],
      ["positive", 3],
    ])("gives a window of equal values (%s) one gradient, at its first element", (_name, value) => {
      tf.tidy(() => {
        const x = tf.fill([1, 2, 4, 1], value) as tf.Tensor4D;
        const dx = tf.grad((a) => tf.maxPool(a as tf.Tensor4D, 2, 2, "same"))(x, tf.tensor4d([7, 9], [1, 1, 2, 1]));
        expect([...dx.dataSync()]).toEqual([7, 0, 9, 0, 0, 0, 0, 0]);
      });
    });
  });

  describe("nearest-neighbour resizing", () => {
    it.each([
      [
        [2, 12, 13, 8],
        [24, 26],
      ],
      [
        [2, 12, 12, 3],
        [24, 24],
      ],
      [
        [1, 3, 5, 2],
        [7, 4],
      ],
      [
        [3, 1, 1, 1],
        [2, 2],
      ],
    ] as [number[], [number, number]][])("%j to %j: each dy goes to the pixel it was copied from", (shape, size) => {
      const x = sample(5, shape);
      const [batch, height, width, channels] = shape as [number, number, number, number];
      const reference = (): Reference => {
        const values: number[] = [];
        for (let image = 0; image < batch; image++) {
          for (let row = 0; row < size[0]; row++) {
            for (let column = 0; column < size[1]; column++) {
              const y = Math.floor((row * height) / size[0]);
              const at = Math.floor((column * width) / size[1]);
              for (let c = 0; c < channels; c++) {
                values.push(x.values[((image * height + y) * width + at) * channels + c] as number);
              }
            }
          }
        }
        return { shape: [batch, ...size, channels], values: Float64Array.from(values) };
      };
      compare((a) => tf.image.resizeNearestNeighbor(a as tf.Tensor4D, size), reference, [x]);
    });
  });

  describe("the rest of what a network uses", () => {
    const [x, y] = [sample(6, [2, 3, 5, 4]), sample(7, [2, 3, 5, 4])];
    const pointwise = (f: (value: number, index: number) => number) => () => ({
      shape: x.shape,
      values: x.values.map(f),
    });
    it("relu, sigmoid, prelu", () => {
      compare(
        (a) => tf.relu(a),
        pointwise((v) => Math.max(0, v)),
        [x],
      );
      compare(
        (a) => tf.sigmoid(a),
        pointwise((v) => 1 / (1 + Math.exp(-v))),
        [x],
      );
    });
    it.each([
      ["one slope per channel", [2, 3, 5, 6], [1, 1, 6]],
      ["one slope for all of three channels", [2, 3, 5, 3], [1, 1, 1]],
      ["one slope per value", [2, 3, 5, 2], [3, 5, 2]],
    ] as [string, number[], number[]][])("prelu, %s", (_name, shape, alphaShape) => {
      const [image, alpha] = [sample(6, shape), sample(8, alphaShape)];
      const { length } = alpha.values;
      compare(
        (a, b) => tf.prelu(a, b),
        () => ({ shape, values: image.values.map((v, i) => (v > 0 ? v : v * (alpha.values[i % length] as number))) }),
        [image, alpha],
      );
    });
    it("prelu at 0 has the slope below 0, as in tfjs", () => {
      tf.tidy(() => {
        const [image, alpha] = [tf.tensor4d([0, 2, -1], [1, 1, 3, 1]), tf.tensor1d([0.5])];
        const [dx, dAlpha] = tf.grads((a, b) => tf.prelu(a, b))([image, alpha], tf.tensor4d([8, 8, 8], [1, 1, 3, 1]));
        expect([...(dx as tf.Tensor).dataSync()]).toEqual([4, 8, 4]);
        expect([...(dAlpha as tf.Tensor).dataSync()]).toEqual([-8]);
      });
    });
    it("concatenation, sum of all, mean, sum per channel, clone and cast", () => {
      const [five, three] = [sample(6, [2, 3, 2, 5]), sample(7, [2, 3, 2, 3])];
      compare(
        (a, b) => tf.mul(tf.concat([a, b], 3), tf.range(0, 8)),
        () => ({
          shape: [2, 3, 2, 8],
          values: Float64Array.from({ length: 96 }, (_, i) => {
            const [pixel, c] = [Math.floor(i / 8), i % 8];
            return c * ((c < 5 ? five.values[pixel * 5 + c] : three.values[pixel * 3 + c - 5]) as number);
          }),
        }),
        [five, three],
      );
      const wide = sample(9, [2, 3, 5, 7]);
      const perChannel = () => {
        const sums = new Float64Array(7);
        for (const [i, value] of wide.values.entries()) sums[i % 7] = (sums[i % 7] as number) + value;
        return sums;
      };
      compare(
        (a) => tf.sum(a, [0, 1, 2]),
        () => ({ shape: [7], values: perChannel() }),
        [wide],
      );
      compare(
        (a) => tf.sum(a, [0, 1, 2], true),
        () => ({ shape: [1, 1, 1, 7], values: perChannel() }),
        [wide],
      );
      compare(
        (a) => tf.mean(a),
        () => ({ shape: [], values: Float64Array.of(perChannel().reduce((s, v) => s + v) / 210) }),
        [wide],
      );
      compare(
        (a) => tf.square(tf.cast(tf.clone(a), "float32")),
        pointwise((v) => v * v),
        [x],
      );
    });
    it("log, division, power, clipping and where, as losses combine them", () => {
      const positive = sample(9, [2, 3, 5, 4], 2);
      compare(
        (a, b) => tf.div(tf.log(a), tf.add(tf.square(b), 1)),
        () => ({
          shape: x.shape,
          values: positive.values.map((v, i) => Math.log(v) / ((x.values[i] as number) ** 2 + 1)),
        }),
        [positive, x],
      );
      compare(
        (a) => tf.pow(a, 2.5),
        () => ({ shape: x.shape, values: positive.values.map((v) => v ** 2.5) }),
        [positive],
      );
      compare(
        (a) => tf.clipByValue(a, -0.5, 0.5),
        pointwise((v) => Math.min(0.5, Math.max(-0.5, v))),
        [x],
      );
      compare(
        (a, b) => tf.where(tf.greater(tensor(x), 0), a, b),
        pointwise((v, i) => (v > 0 ? v : (y.values[i] as number))),
        [x, y],
      );
    });
  });
});

describe("batch normalization in one kernel", () => {
  beforeAll(async () => {
    device = await startBackend("wasm");
  });
  afterAll(() => device.dispose());

  const kernel = (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) =>
    tf.engine().runKernel("EmStellarBatchNorm", { x, gamma, beta }, { epsilon: 1e-3 }) as unknown as tf.Tensor[];

  it.each([
    [[2, 4, 5, 3], 0],
    [[3, 1, 1, 1], 0],
    [[1, 1, 1, 2], 0],
    [[2, 3, 3, 17], 0],
    [[1, 8, 8, 2], 40],
    [[6, 3], 1],
  ] as [number[], number][])("%j around %d: value and the gradients of x, gamma and beta", (shape, centre) => {
    const channels = shape.at(-1) as number;
    const [x, gamma, beta] = [sample(1, shape, centre), sample(2, [channels], 0.5), sample(3, [channels])];
    compare(
      (...given) => kernel(...(given as [tf.Tensor, tf.Tensor, tf.Tensor]))[0] as tf.Tensor,
      () => batchNormalization(x, gamma, beta, 1e-3),
      [x, gamma, beta],
    );
  });

  it("also gives the mean and the biased variance: of 1, 2, 3, 6 they are 3 and 3.5", () => {
    tf.tidy(() => {
      const [, mean, variance] = kernel(tf.tensor4d([1, 2, 3, 6], [1, 2, 2, 1]), tf.ones([1]), tf.zeros([1]));
      expect(mean?.dataSync()[0]).toBe(3);
      expect(variance?.dataSync()[0]).toBe(3.5);
    });
  });

  it("finds a variance of 1/3 around a mean of 1000", () => {
    tf.tidy(() => {
      const x = sample(1, [1, 64, 64, 1], 1000);
      const [, , variance] = kernel(tensor(x), tf.ones([1]), tf.zeros([1]));
      // What single precision holds of the values themselves.
      const held = moments({ shape: x.shape, values: Float64Array.from(x.values, Math.fround) });
      expect(variance?.dataSync()[0]).toBeCloseTo(held.variance[0] as number, 6);
    });
  });
});

describe("the optimizer step in one kernel", () => {
  beforeAll(async () => {
    device = await startBackend("wasm");
  });
  afterAll(() => device.dispose());

  it.each([
    [true, 0.999 - (0.1 * 0.68) / (Math.sqrt(0.2896) + 0.001)],
    [false, 0.931],
  ])("adaptive %s: weight 1, gradient .5, moments .2 and .04", (adaptive, expected) => {
    tf.tidy(() => {
      const inputs = {
        weight: tf.tensor1d([1, 1]),
        gradient: tf.tensor1d([0.5, Number.NaN]),
        first: tf.tensor1d([0.2, 0]),
        second: tf.tensor1d([0.04, 0]),
      };
      const attributes = { beta1: 0.9, beta2: 0.99, stepSize: 0.1, epsilon: 0.001, keep: 0.999, adaptive };
      const outputs = tf.engine().runKernel("EmStellarAdaptiveStep", inputs, attributes) as unknown as tf.Tensor[];
      const [weight, first, second] = outputs.map((output) => output.dataSync());
      expect(weight?.[0]).toBeCloseTo(expected, 6);
      expect(first?.[0]).toBeCloseTo(0.68, 6);
      expect(second?.[0]).toBeCloseTo(0.2896, 6);
      expect(weight?.[1]).toBeNaN();
      expect([...inputs.weight.dataSync()]).toEqual([1, 1]);
    });
  });
});
