import "@tensorflow/tfjs-backend-cpu";
import { createRandom } from "@em-stellar/core";
import { backend, type DataId, setBackend, type Tensor4D, tensor4d, train, type Variable } from "@tensorflow/tfjs-core";
import { initializers, input, type LayersModel, layers, model } from "@tensorflow/tfjs-layers";
import { beforeAll, expect, it } from "vitest";
import { bytesOf, shapesOf, stepsOf } from "../src/training/layer-graph.js";
import {
  type ComputeLossGradients,
  keepingActivations,
  recomputingActivations,
} from "../src/training/loss-gradients.js";
import { cutIntoSegments } from "../src/training/segments.js";
import { createTrainStep } from "../src/training/train-step.js";
import { squaredError } from "./tiny.js";

beforeAll(async () => {
  await setBackend("cpu");
});

/** So many convolutions of 4 channels, one behind the other, and a long way around all of them. */
function deepNet(depth: number): LayersModel {
  const image = input({ shape: [null, null, 1] });
  const convolution = (filters: number, seed: number) =>
    layers.conv2d({
      filters,
      kernelSize: 3,
      padding: "same",
      activation: "tanh",
      kernelInitializer: initializers.heNormal({ seed }),
    });
  const first = convolution(4, 1).apply(image) as typeof image;
  let x = first;
  for (let i = 0; i < depth; i++) x = convolution(4, 2 + i).apply(x) as typeof image;
  const sum = layers.add().apply([x, first]);
  return model({ inputs: image, outputs: convolution(1, 99).apply(sum) as typeof image });
}

function recomputing(net: LayersModel): ComputeLossGradients {
  const compute = recomputingActivations(net);
  if (typeof compute === "string") throw new Error(compute);
  return compute;
}

it("a chain of four equal layers is cut in the middle", () => {
  const image = input({ shape: [8, 8, 1] });
  let x = image;
  for (let i = 0; i < 4; i++) x = layers.conv2d({ filters: 1, kernelSize: 1 }).apply(x) as typeof image;
  const net = model({ inputs: image, outputs: x });
  const steps = stepsOf(net);
  if (typeof steps === "string") throw new Error(steps);
  expect(steps.map(({ inputs, outputs }) => [inputs, outputs])).toEqual([
    [[0], [1]],
    [[1], [2]],
    [[2], [3]],
    [[3], [4]],
  ]);
  const bytes = shapesOf(steps, [2, 8, 8, 1]).map(bytesOf);
  expect(bytes).toEqual([512, 512, 512, 512, 512]);
  // In layers' worth: one segment holds 4 + 2; two of two hold 1 + 2 + 2; four hold 3 + 1 + 2.
  expect(cutIntoSegments(steps, bytes)).toEqual([0, 2, 4]);
  net.dispose();
});

/** The most bytes that tensors take at once while something is computed, those before it not counted. */
function peakOf(work: () => void): number {
  const held = new Map<DataId, number>();
  let [now, peak] = [0, 0];
  const cpu = backend();
  const { write, disposeData } = cpu;
  Object.assign(cpu, {
    write(...given: Parameters<typeof write>) {
      const id = write.apply(cpu, given);
      const size = 4 * given[1].reduce((product, side) => product * side, 1);
      held.set(id, size);
      now += size;
      peak = Math.max(peak, now);
      return id;
    },
    disposeData(...given: Parameters<typeof disposeData>) {
      const isGone = disposeData.apply(cpu, given);
      if (isGone) {
        now -= held.get(given[0]) ?? 0;
        held.delete(given[0]);
      }
      return isGone;
    },
  });
  try {
    work();
  } finally {
    Object.assign(cpu, { write, disposeData });
  }
  return peak;
}

it("keeping holds less than tfjs does, recomputing much less, and both give its gradients", () => {
  const net = deepNet(16);
  const variables = net.trainableWeights.map((weight) => weight.read() as Variable);
  const random = createRandom("images");
  const drawn = () =>
    tensor4d(
      Float32Array.from({ length: 1024 }, () => random.uniform(0, 1)),
      [1, 32, 32, 1],
    );
  const [images, masks] = [drawn(), drawn()];
  const { compute: lossOf } = squaredError();
  const optimizer = train.sgd(1);
  const ofTfjs: ComputeLossGradients = (images, lossOf) =>
    optimizer.computeGradients(() => lossOf(net.apply(images, { training: true }) as Tensor4D), variables);
  const seen = [ofTfjs, keepingActivations(net), recomputing(net)].map((compute) => {
    let values: unknown;
    const peak = peakOf(() => {
      const { value, grads } = compute(images, (prediction) => lossOf(masks, prediction), variables);
      values = [value, ...variables.map(({ name }) => grads[name])].map((tensor) => tensor?.dataSync().slice());
    });
    return { peak, values };
  });
  const [tfjs, keeping, again] = seen as [(typeof seen)[0], (typeof seen)[0], (typeof seen)[0]];
  expect(keeping.values).toEqual(tfjs.values);
  expect(again.values).toEqual(tfjs.values);
  expect(keeping.peak).toBeLessThan(0.8 * tfjs.peak);
  expect(again.peak).toBeLessThan(0.6 * keeping.peak);
  net.dispose();
});

it("a model of several outputs, and an optimizer with gradients of its own, are refused", () => {
  const image = input({ shape: [null, null, 1] });
  const outputs = [1, 2].map((filters) => layers.conv2d({ filters, kernelSize: 1 }).apply(image) as typeof image);
  const options = { clipGradients: null, recompute: true };
  expect(() => createTrainStep(model({ inputs: image, outputs }), { loss: squaredError() }, options, "")).toThrow(
    "training.recompute is true, but the network has 1 inputs and 2 outputs, not one of each, so its activations cannot be computed again. Leave training.recompute out",
  );
  const step = createTrainStep(deepNet(1), { loss: squaredError() }, options, "");
  const own = Object.assign(train.sgd(1), { computeGradients: train.sgd(1).computeGradients.bind(null) });
  expect(() => step(own, 1, [])).toThrow("but the optimizer computes gradients in a way of its own");
});
