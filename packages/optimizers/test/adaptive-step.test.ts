import type { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { beginAdaptiveStep } from "../src/adaptive-step.js";
import { type AdaptiveStep, adaptiveStepKernel, radam } from "../src/index.js";

const step: AdaptiveStep = { beta1: 0.9, beta2: 0.99, stepSize: 0.1, epsilon: 0.001, keep: 0.999, adaptive: true };

function update(attributes: AdaptiveStep): number[] {
  return tf.tidy(() => {
    const [weight, gradient, first, second] = [1, 0.5, 0.2, 0.04].map((value) => tf.tensor1d([value])) as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
    ];
    return beginAdaptiveStep(attributes)(weight, gradient, first, second).map((out) => out.dataSync()[0] as number);
  });
}

/** The contract of the kernel, element by element. */
function registerPlainKernel(): { calls: number } {
  const counter = { calls: 0 };
  tf.registerKernel({
    kernelName: adaptiveStepKernel,
    backendName: "cpu",
    kernelFunc({ inputs, attrs, backend }) {
      counter.calls++;
      const { beta1, beta2, stepSize, epsilon, keep, adaptive } = attrs as unknown as AdaptiveStep;
      const cpu = backend as MathBackendCPU;
      const values = (name: string) => cpu.readSync((inputs[name] as tf.TensorInfo).dataId) as Float32Array;
      const [w, g, m, v] = [values("weight"), values("gradient"), values("first"), values("second")];
      const first = m.map((value, i) => beta1 * value + (g[i] as number));
      const second = v.map((value, i) => beta2 * value + (g[i] as number) ** 2);
      const weight = w.map((value, i) => {
        const direction = adaptive ? (first[i] as number) / (Math.sqrt(second[i] as number) + epsilon) : first[i];
        return keep * value - stepSize * (direction as number);
      });
      const { shape } = inputs.weight as tf.TensorInfo;
      return [weight, first, second].map((data) => cpu.makeTensorInfo(shape, "float32", data));
    },
  });
  return counter;
}

beforeEach(async () => {
  await tf.setBackend("cpu");
});
afterEach(() => {
  if (tf.getKernel(adaptiveStepKernel, "cpu")) tf.unregisterKernel(adaptiveStepKernel, "cpu");
});

describe("the step in one pass", () => {
  it.each(["composed of tfjs's operations", "by a kernel"])("%s", (way) => {
    if (way === "by a kernel") registerPlainKernel();
    const [weight, first, second] = update(step);
    expect(first).toBeCloseTo(0.68, 6); // 0.9 · 0.2 + 0.5
    expect(second).toBeCloseTo(0.2896, 6); // 0.99 · 0.04 + 0.25
    expect(weight).toBeCloseTo(0.8728744, 6); // 0.999 − 0.1 · 0.68 / (√0.2896 + 0.001)
    expect(update({ ...step, adaptive: false })[0]).toBeCloseTo(0.931, 6); // 0.999 − 0.1 · 0.68
  });

  it("is found by its name, once for each weight and step, and trains to the same weights", () => {
    const train = () => {
      const variables = [tf.variable(tf.tensor1d([1, -2, 3])), tf.variable(tf.scalar(0.5))];
      const optimizer = radam({ learningRate: 0.1 }).create({ totalSteps: 10 });
      const loss = () =>
        tf.add(tf.sum(tf.square(variables[0] as tf.Tensor)), tf.square(variables[1] as tf.Tensor)) as tf.Scalar;
      const { numTensors } = tf.memory();
      for (let i = 0; i < 10; i++) optimizer.minimize(loss, false, variables);
      expect(tf.memory().numTensors - numTensors).toBe(4);
      return variables.flatMap((variable) => [...variable.dataSync()]);
    };
    const composed = train();
    const counter = registerPlainKernel();
    const fused = train();
    expect(counter.calls).toBe(20);
    for (const [i, value] of fused.entries()) expect(value).toBeCloseTo(composed[i] as number, 5);
  });
});
