import type { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-cpu";
import {
  type AdaptiveStep,
  adaptiveStep,
  adaptiveStepKernel,
  type MomentumStep,
  momentumStep,
  momentumStepKernel,
  type WeightUpdate,
} from "@em-stellar/kernels";
import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { radam, sgd } from "../src/index.js";

/** A weight for each row: its value, its gradient, its slots. */
function update(
  step: (weights: readonly WeightUpdate[]) => tf.Tensor[][],
  rows: readonly (readonly [number, number, ...number[]])[],
): number[][] {
  return tf.tidy(() => {
    const weights = rows.map(([weight, gradient, ...slots]) => ({
      weight: tf.tensor1d([weight]),
      gradient: tf.tensor1d([gradient]),
      slots: slots.map((slot) => tf.tensor1d([slot])),
    }));
    return step(weights).map((outputs) => outputs.map((output) => output.dataSync()[0] as number));
  });
}

/** Registers a kernel that writes the contract out, element by element; counts its calls. */
function registerPlain(
  kernelName: string,
  each: (attrs: unknown) => number,
  element: (values: readonly number[], attrs: unknown) => number[],
): { calls: number } {
  const counter = { calls: 0 };
  tf.registerKernel({
    kernelName,
    backendName: "cpu",
    kernelFunc({ inputs, attrs, backend }) {
      counter.calls++;
      const cpu = backend as MathBackendCPU;
      const list = inputs as unknown as tf.TensorInfo[]; // tfjs passes lists under the type of a map
      const count = list.length / each(attrs);
      return Array.from({ length: count }, (_, i) => {
        const given = list.slice(i * each(attrs), (i + 1) * each(attrs));
        const values = given.map(({ dataId }) => cpu.readSync(dataId) as Float32Array);
        const rows = Array.from(values[0] as Float32Array, (_, at) =>
          element(
            values.map((one) => one[at] as number),
            attrs,
          ),
        );
        const { shape } = given[0] as tf.TensorInfo;
        return (rows[0] as number[]).map((_, which) =>
          cpu.makeTensorInfo(
            shape,
            "float32",
            Float32Array.from(rows, (row) => row[which] as number),
          ),
        );
      }).flat();
    },
  });
  return counter;
}

const registerAdaptive = () =>
  registerPlain(
    adaptiveStepKernel,
    () => 4,
    (values, attrs) => {
      const [w, g, m, v] = values as [number, number, number, number];
      const { beta1, beta2, stepSize, epsilon, keep, adaptive } = attrs as AdaptiveStep;
      const [first, second] = [beta1 * m + g, beta2 * v + g ** 2];
      return [keep * w - stepSize * (adaptive ? first / (Math.sqrt(second) + epsilon) : first), first, second];
    },
  );

const registerMomentum = () =>
  registerPlain(
    momentumStepKernel,
    (attrs) => ((attrs as MomentumStep).momentum > 0 ? 3 : 2),
    (values, attrs) => {
      const [w, g, v] = values as [number, number, number?];
      const { momentum, stepSize, keep } = attrs as MomentumStep;
      const velocity = v === undefined ? g : momentum * v + g;
      return [keep * w - stepSize * velocity, ...(v === undefined ? [] : [velocity])];
    },
  );

beforeEach(async () => {
  await tf.setBackend("cpu");
});
afterEach(() => {
  for (const name of [adaptiveStepKernel, momentumStepKernel]) {
    if (tf.getKernel(name, "cpu")) tf.unregisterKernel(name, "cpu");
  }
});

describe.each(["composed of tfjs's operations", "by a kernel"])("a step, %s", (way) => {
  beforeEach(() => {
    if (way === "by a kernel") for (const register of [registerAdaptive, registerMomentum]) register();
  });

  it("of Adam, of two weights", () => {
    const numbers = { beta1: 0.9, beta2: 0.99, stepSize: 0.1, epsilon: 0.001, keep: 0.999, adaptive: true };
    const rows = [[1, 0.5, 0.2, 0.04] as const, [2, 0, 0, 0] as const];
    const [one, two] = update((weights) => adaptiveStep(numbers, weights), rows);
    expect(one?.[1]).toBeCloseTo(0.68, 6); // 0.9 · 0.2 + 0.5
    expect(one?.[2]).toBeCloseTo(0.2896, 6); // 0.99 · 0.04 + 0.25
    expect(one?.[0]).toBeCloseTo(0.8728744, 6); // 0.999 − 0.1 · 0.68 / (√0.2896 + 0.001)
    expect(two?.[0]).toBeCloseTo(1.998, 6);
    const [unadapted] = update((weights) => adaptiveStep({ ...numbers, adaptive: false }, weights), rows);
    expect(unadapted?.[0]).toBeCloseTo(0.931, 6); // 0.999 − 0.1 · 0.68
  });

  it("of gradient descent, with and without momentum", () => {
    const numbers = { momentum: 0.9, stepSize: 0.1, keep: 0.999 };
    const [one, two] = update(
      (weights) => momentumStep(numbers, weights),
      [
        [1, 0.5, 0.2],
        [0, 1, 0],
      ],
    );
    expect(one?.[1]).toBeCloseTo(0.68, 6);
    expect(one?.[0]).toBeCloseTo(0.931, 6);
    expect(two).toHaveLength(2);
    expect(two?.[0]).toBeCloseTo(-0.1, 6);
    const plain = update((weights) => momentumStep({ ...numbers, momentum: 0 }, weights), [[1, 0.5]]);
    expect(plain[0]).toHaveLength(1);
    expect(plain[0]?.[0]).toBeCloseTo(0.949, 6); // 0.999 − 0.1 · 0.5
  });
});

it.each([
  ["radam", radam({ learningRate: 0.1 }), registerAdaptive, 6],
  ["sgd", sgd({ learningRate: 0.1 }), registerMomentum, 4],
  ["sgd without momentum", sgd({ learningRate: 0.1, momentum: 0 }), registerMomentum, 2],
] as const)(
  "the kernel of %s is found by its name, once for each step, and trains to the same weights",
  (_, optimizer, register, tensors) => {
    const train = () => {
      const { numTensors } = tf.memory();
      const variables = tf.tidy(() => [tf.variable(tf.tensor1d([1, -2, 3])), tf.variable(tf.scalar(0.5))]);
      const created = optimizer.create({ totalSteps: 10 });
      const loss = () =>
        tf.add(tf.sum(tf.square(variables[0] as tf.Tensor)), tf.square(variables[1] as tf.Tensor)) as tf.Scalar;
      for (let i = 0; i < 10; i++) created.minimize(loss, false, variables);
      expect(tf.memory().numTensors - numTensors).toBe(tensors); // the weights and their slots
      const values = variables.flatMap((variable) => [...variable.dataSync()]);
      created.dispose();
      tf.dispose(variables);
      expect(tf.memory().numTensors).toBe(numTensors);
      return values;
    };
    const composed = train();
    const counter = register();
    const fused = train();
    expect(counter.calls).toBe(10);
    for (const [i, value] of fused.entries()) expect(value).toBeCloseTo(composed[i] as number, 5);
  },
);
