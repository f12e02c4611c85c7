import type { Device } from "@em-stellar/core/training";
import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Tlu } from "../../nets-emnet/src/tlu-layer.js";
import { wasm } from "../src/index.js";

let device: Device;
beforeAll(async () => {
  device = await wasm().start();
});
afterAll(() => device.dispose());

type Build = (image: tfl.SymbolicTensor) => tfl.SymbolicTensor[];

const apply = (layer: tfl.layers.Layer, x: tfl.SymbolicTensor) => layer.apply(x) as tfl.SymbolicTensor;
const conv = (options: Partial<Parameters<typeof tfl.layers.conv2d>[0]> = {}) =>
  tfl.layers.conv2d({ filters: 8, kernelSize: 3, padding: "same", ...options });
const norm = (options: Parameters<typeof tfl.layers.batchNormalization>[0] = {}) =>
  tfl.layers.batchNormalization(options);

/** The same network twice, with random weights (variances above 0), prepared and not. */
function twoOf(build: Build): { prepared: tfl.LayersModel; plain: tfl.LayersModel } {
  const made = () => {
    const image = tfl.input({ shape: [7, 9, 8] });
    return tfl.model({ inputs: image, outputs: build(image) });
  };
  const [prepared, plain] = [device.prepare(made()), made()];
  tf.tidy(() => {
    const weights = prepared.weights.map(({ shape, originalName }, i) => {
      const spread = tf.randomUniform(shape as number[], -1, 1, "float32", i + 1);
      return originalName.endsWith("moving_variance") ? tf.add(tf.abs(spread), 0.1) : spread;
    });
    for (const model of [prepared, plain])
      for (const [i, weight] of model.weights.entries()) weight.write(weights[i] as tf.Tensor);
  });
  return { prepared, plain };
}

/** What prediction runs on the prepared network; and what it gives is what the other one gives, to 2e-6 of the largest value. */
async function kernelsOf({ prepared, plain }: ReturnType<typeof twoOf>): Promise<string[]> {
  const x = tf.randomUniform([2, 7, 9, 8], -1, 1, "float32", 99);
  const [found, expected] = [prepared, plain].map((model) => [model.predict(x)].flat()) as [tf.Tensor[], tf.Tensor[]];
  found.forEach((y, i) => {
    const other = expected[i] as tf.Tensor;
    const error = tf.tidy(() => tf.div(tf.max(tf.abs(tf.sub(y, other))), tf.max(tf.abs(other))).dataSync()[0]);
    expect(error).toBeLessThan(2e-6);
  });
  tf.dispose([found, expected]);
  const { kernelNames } = await tf.profile(() => {
    tf.dispose(prepared.predict(x));
    return x;
  });
  x.dispose();
  return kernelNames;
}

describe("in prediction, a convolution normalizes and rectifies by its filter and bias", () => {
  const relu = () => tfl.layers.activation({ activation: "relu" });
  it.each<[string, Build]>([
    ["with a bias and a ReLU behind", (x) => [apply(relu(), apply(norm(), apply(conv(), x)))]],
    ["with a ReLU layer", (x) => [apply(tfl.layers.reLU(), apply(norm(), apply(conv({ strides: 2 }), x)))]],
    [
      "without a bias, scale or shift",
      (x) => [apply(norm({ scale: false, center: false }), apply(conv({ useBias: false }), x))],
    ],
    ["dilated", (x) => [apply(norm({ epsilon: 0.1 }), apply(conv({ dilationRate: 2, padding: "valid" }), x))]],
    [
      "behind up-sampling",
      (x) => [apply(relu(), apply(norm(), apply(conv({ kernelSize: 2 }), apply(tfl.layers.upSampling2d({}), x))))],
    ],
    [
      "twice over",
      (x) => [apply(relu(), apply(norm(), apply(conv(), apply(relu(), apply(norm(), apply(conv(), x))))))],
    ],
  ])("%s", async (_, build) => {
    const networks = twoOf(build);
    const kernels = await kernelsOf(networks);
    for (const name of ["FusedBatchNorm", "Relu"]) expect(kernels).not.toContain(name);
    for (const model of Object.values(networks)) model.dispose();
  });

  it.each<[string, Build]>([
    ["where an activation comes before", (x) => [apply(norm(), apply(conv({ activation: "relu" }), x))]],
    [
      "where the convolution is an output",
      (x) => {
        const y = apply(conv(), x);
        return [y, apply(norm(), y)];
      },
    ],
    [
      "where two follow",
      (x) => {
        const y = apply(conv(), x);
        return [apply(norm(), y), apply(norm(), y)];
      },
    ],
  ])("not %s", async (_, build) => {
    const networks = twoOf(build);
    expect(await kernelsOf(networks)).toContain("FusedBatchNorm");
    for (const model of Object.values(networks)) model.dispose();
  });

  it("leaves slopes for each pixel, and a ReLU of what is normalized and given, to themselves", async () => {
    const networks = twoOf((x) => {
      const y = apply(norm(), apply(conv(), x));
      return [y, apply(relu(), y), apply(tfl.layers.prelu(), apply(norm(), apply(conv(), x)))];
    });
    const kernels = await kernelsOf(networks);
    expect(kernels).toEqual(expect.arrayContaining(["Relu", "Prelu"]));
    expect(kernels).not.toContain("FusedBatchNorm");
    for (const model of Object.values(networks)) model.dispose();
  });

  it("by the weights of the moment, and not in training", async () => {
    const networks = twoOf((x) => [apply(relu(), apply(norm(), apply(conv(), x)))]);
    await kernelsOf(networks);
    tf.tidy(() => {
      for (const model of Object.values(networks))
        for (const weight of model.weights) weight.write(tf.add(weight.read(), 0.25));
    });
    await kernelsOf(networks);
    const x = tf.randomUniform([2, 7, 9, 8], -1, 1, "float32", 98);
    const [found, expected] = Object.values(networks).map(
      (model) => model.apply(x, { training: true }) as tf.Tensor,
    ) as [tf.Tensor, tf.Tensor];
    expect(tf.tidy(() => tf.max(tf.abs(tf.sub(found, expected))).dataSync()[0])).toBeLessThan(2e-5);
    tf.dispose([x, found, expected]);
    for (const model of Object.values(networks)) model.dispose();
  });
});

describe("in prediction, a convolution applies slopes", () => {
  const prelu = () => tfl.layers.prelu({ sharedAxes: [1, 2] });
  const oneSlope = () => tfl.layers.prelu({ sharedAxes: [1, 2, 3] });
  const upConv = (x: tfl.SymbolicTensor) => apply(conv({ kernelSize: 2 }), apply(tfl.layers.upSampling2d({}), x));
  const leaky = ["EmStellarLeakyConvolution"];
  it.each<[string, Build, string[]]>([
    ["a PReLU", (x) => [apply(prelu(), apply(norm(), apply(conv(), x)))], leaky],
    ["of one slope", (x) => [apply(oneSlope(), apply(norm(), apply(conv({ strides: 2 }), x)))], leaky],
    ["a trainable linear unit", (x) => [apply(new Tlu({}), apply(norm(), apply(conv({ kernelSize: 1 }), x)))], leaky],
    ["without normalization", (x) => [apply(new Tlu({}), apply(conv({ useBias: false, filters: 5 }), x))], leaky],
    ["behind up-sampling", (x) => [apply(prelu(), apply(norm(), upConv(x)))], ["EmStellarLeakyUpConvolution"]],
    ["both there", (x) => [apply(new Tlu({}), upConv(x))], ["EmStellarLeakyUpConvolution"]],
    ["twice over", (x) => [apply(prelu(), apply(conv(), apply(new Tlu({}), apply(norm(), apply(conv(), x)))))], leaky],
  ])("%s", async (_, build, expected) => {
    const networks = twoOf(build);
    const kernels = await kernelsOf(networks);
    expect(kernels).toEqual(expect.arrayContaining(expected));
    for (const name of ["FusedBatchNorm", "Prelu", "EmStellarTlu"]) expect(kernels).not.toContain(name);
    for (const model of Object.values(networks)) model.dispose();
  });

  it.each<[string, Build, string]>([
    ["dilated", (x) => [apply(prelu(), apply(norm(), apply(conv({ dilationRate: 2 }), x)))], "Prelu"],
    [
      "where another layer follows too",
      (x) => {
        const y = apply(conv(), x);
        return [apply(new Tlu({}), y), apply(norm(), y)];
      },
      "EmStellarTlu",
    ],
  ])("but not %s", async (_, build, expected) => {
    const networks = twoOf(build);
    const kernels = await kernelsOf(networks);
    expect(kernels).toContain(expected);
    expect(kernels).not.toContain(leaky[0]);
    for (const model of Object.values(networks)) model.dispose();
  });

  it("with the gradients of the layers one by one", () => {
    const networks = twoOf((x) => [apply(new Tlu({}), apply(norm(), apply(conv(), x)))]);
    const [found, expected] = Object.values(networks).map((model) => {
      const gradient = tf.grad((x: tf.Tensor) => tf.sum(tf.square(model.apply(x) as tf.Tensor)));
      return tf.tidy(() => gradient(tf.randomUniform([2, 7, 9, 8], -1, 1, "float32", 97)).dataSync());
    }) as [Float32Array, Float32Array];
    const largest = Math.max(...expected.map(Math.abs));
    expect(Math.max(...expected.map((value, i) => Math.abs(value - (found[i] as number)))) / largest).toBeLessThan(
      5e-6,
    );
    for (const model of Object.values(networks)) model.dispose();
  });

  it("but by itself, behind what is normalized, where there are no kernels of ours", async () => {
    await device.dispose();
    device = await wasm({ simd: "none" }).start();
    const networks = twoOf((x) => [apply(prelu(), apply(norm(), apply(conv(), x)))]);
    const kernels = await kernelsOf(networks);
    expect(kernels).toContain("Prelu");
    expect(kernels).not.toContain("FusedBatchNorm");
    for (const model of Object.values(networks)) model.dispose();
  });
});
