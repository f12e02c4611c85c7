import "@tensorflow/tfjs-backend-cpu";
import { createRandom } from "@em-stellar/core";
import { dispose, memory, setBackend, type Tensor4D, tensor4d, train } from "@tensorflow/tfjs-core";
import { initializers, input, type LayersModel, layers, model } from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it } from "vitest";
import type { Batch } from "../src/training/batch.js";
import { createTrainStep } from "../src/training/train-step.js";
import { squaredError } from "./tiny.js";

/** Two convolutions without batch normalisation: a patch does not depend on its neighbours in the batch. */
function plainNet(): LayersModel {
  const image = input({ shape: [null, null, 1] });
  const kernel = (seed: number) => ({ kernelInitializer: initializers.heNormal({ seed }), padding: "same" as const });
  const x = layers.conv2d({ filters: 3, kernelSize: 3, activation: "tanh", ...kernel(1) }).apply(image);
  const output = layers.conv2d({ filters: 1, kernelSize: 3, activation: "sigmoid", ...kernel(2) }).apply(x);
  return model({ inputs: image, outputs: output as typeof image });
}

/** The same four patches, in parts of `size`. */
function partsOf(size: number): (() => Batch)[] {
  const random = createRandom("patches");
  const images = Float32Array.from({ length: 4 * 36 }, () => random.uniform(-1, 1));
  const masks = Float32Array.from({ length: 4 * 36 }, () => Number(random.next() < 0.3));
  const cut = (values: Float32Array, part: number): Tensor4D =>
    tensor4d(values.slice(part * size * 36, (part + 1) * size * 36), [size, 6, 6, 1]);
  return Array.from({ length: 4 / size }, (_, part) => () => ({ images: cut(images, part), masks: cut(masks, part) }));
}

/** Loss and weights after a step of plain gradient descent, with the rate 1: the weights have moved by the gradient. */
function stepped(size: number, clipGradients: number | null, optimizer = train.sgd(1), steps = 1) {
  const net = plainNet();
  const step = createTrainStep(net, { loss: squaredError() }, { clipGradients }, "seed");
  const before = weightsOf(net);
  let loss = Number.NaN;
  for (let at = 1; at <= steps; at++) {
    const value = step(optimizer, at, partsOf(size));
    [loss = Number.NaN] = value.dataSync();
    value.dispose();
  }
  const moved = weightsOf(net).map((weight, i) => weight - (before[i] as number));
  net.dispose();
  optimizer.dispose();
  return { loss, moved };
}
const weightsOf = (net: LayersModel) => net.getWeights().flatMap((weight) => [...weight.dataSync()]);
const normOf = (values: readonly number[]) => Math.hypot(...values);

beforeAll(async () => {
  await setBackend("cpu");
});

describe("gradients accumulated over parts of a batch", () => {
  it.each([1, 2])("of %i give the step of the whole batch, to float32 rounding", (size) => {
    const [whole, parts] = [stepped(4, null), stepped(size, null)];
    expect(parts.loss).toBeCloseTo(whole.loss, 6);
    expect(normOf(whole.moved)).toBeGreaterThan(0.01);
    for (const [i, moved] of whole.moved.entries()) expect(parts.moved[i]).toBeCloseTo(moved, 6);
  });

  it("keep doing so over many steps", () => {
    const [whole, parts] = [stepped(4, null, train.sgd(0.3), 20), stepped(1, null, train.sgd(0.3), 20)];
    for (const [i, moved] of whole.moved.entries()) expect(parts.moved[i]).toBeCloseTo(moved, 5);
  });
});

describe("clipping by the norm of all gradients together", () => {
  it.each([4, 1])("keeps their direction and has the norm that was asked for, in parts of %i", (size) => {
    const free = stepped(size, null);
    const norm = normOf(free.moved);
    const clipped = stepped(size, norm / 4);
    expect(normOf(clipped.moved)).toBeCloseTo(norm / 4, 6);
    for (const [i, moved] of free.moved.entries()) expect(clipped.moved[i]).toBeCloseTo(moved / 4, 6);
    expect(clipped.loss).toBeCloseTo(free.loss, 6);
  });

  it("changes nothing where they are smaller", () => {
    const free = stepped(4, null);
    const clipped = stepped(4, 2 * normOf(free.moved));
    for (const [i, moved] of free.moved.entries()) expect(clipped.moved[i]).toBeCloseTo(moved, 7);
  });
});

it("a step leaves one tensor behind: the loss", () => {
  const net = plainNet();
  const optimizer = train.sgd(0.1);
  const step = createTrainStep(net, { loss: squaredError() }, { clipGradients: 0.01 }, "seed");
  const { numTensors } = memory();
  const loss = step(optimizer, 1, partsOf(2));
  expect(memory().numTensors - numTensors).toBe(1);
  dispose(loss);
  net.dispose();
});
