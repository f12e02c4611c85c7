import { type Device, DeviceError } from "@em-stellar/core/training";
import {
  leakyRelu,
  matMul,
  mean,
  memory,
  ones,
  square,
  type Tensor4D,
  tidy,
  train,
  type Variable,
  zeros,
} from "@tensorflow/tfjs-core";
import { initializers, layers, sequential } from "@tensorflow/tfjs-layers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { wasm } from "../src/index.js";

let device: Device;
beforeAll(async () => {
  device = await wasm().start();
});
afterAll(() => device.dispose());

const rehearse = (work: () => void) => device.rehearse?.(work) as Promise<number>; // machines without SIMD run no test of ours
const mebibytes = (bytes: number) => bytes / 2 ** 20;

/** Convolutions, a max pool and an upsampling that our kernels compute, and an activation that is tfjs's. */
function smallNet() {
  const conv = (filters: number, kernelSize: number) =>
    layers.conv2d({
      ...{ filters, kernelSize, padding: "same", activation: "relu" },
      kernelInitializer: initializers.heNormal({ seed: filters }),
    });
  return sequential({
    layers: [
      layers.inputLayer({ inputShape: [null, null, 1] }),
      conv(16, 3),
      layers.batchNormalization(),
      layers.leakyReLU(),
      layers.maxPooling2d({ poolSize: 2 }),
      conv(24, 3),
      layers.upSampling2d({}),
      conv(16, 2),
      layers.conv2d({ filters: 1, kernelSize: 1, activation: "sigmoid" }),
    ],
  });
}

function threeSteps(): void {
  const model = device.prepare(smallNet());
  const optimizer = train.adam(0.01);
  // LayerVariable keeps its variable in a protected member, which an optimizer needs.
  const variables = model.trainableWeights.map((weight) => (weight as unknown as { val: Variable }).val);
  for (let step = 0; step < 3; step++) {
    tidy(() => {
      const x = ones([2, 128, 128, 1]);
      optimizer.minimize(() => mean(square(model.apply(x, { training: true }) as Tensor4D)), false, variables);
    });
  }
  optimizer.dispose();
  model.dispose();
}

it("tells the memory of a training beforehand, to the MiB", async () => {
  const before = device.peakBytes();
  const told = await rehearse(threeSteps);
  expect(device.peakBytes()).toBe(before);
  threeSteps();
  expect(mebibytes(told)).toBeCloseTo(mebibytes(device.peakBytes()), 0);
  expect(told).toBeGreaterThan(2 * before);
});

it("leaves the device as it was", async () => {
  const model = device.prepare(smallNet());
  const predicted = () => tidy(() => [...(model.predict(ones([1, 32, 32, 1])) as Tensor4D).dataSync()]);
  const first = predicted();
  const held = memory().numTensors;
  await rehearse(() => void leakyRelu(zeros([1, 8, 8, 4])));
  expect(memory().numTensors).toBe(held);
  expect(predicted()).toEqual(first);
  expect(tidy(() => [...matMul(ones([2, 3]), ones([3, 2])).dataSync()])).toEqual([3, 3, 3, 3]);
  model.dispose();
});

it("refuses what does not fit into 4 GiB, and goes on", async () => {
  const held = memory().numTensors;
  const large = () => {
    for (let i = 0; i < 5; i++) matMul(zeros([1, 16384, 1]), zeros([1, 1, 16384])); // 1 GiB each
  };
  await expect(rehearse(large)).rejects.toThrow(DeviceError);
  expect(memory().numTensors).toBe(held);
  expect(await rehearse(() => void zeros([8]))).toBe(2 ** 24);
});

it("passes on what the work throws", async () => {
  await expect(rehearse(() => device.prepare(smallNet()).predict(zeros([1, 8, 8, 3])))).rejects.toThrow(/shape/);
});
