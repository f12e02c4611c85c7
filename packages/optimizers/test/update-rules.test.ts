import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { adaptiveStepAt, type Rectification } from "../src/adaptive-optimizer.js";
import { type AdamOptions, adam, learningRateAt, radam, sgd } from "../src/index.js";
import { rectification } from "../src/radam.js";

const steady = { warmupProportion: 0, minLearningRate: null };
const mixed = [0.5, -1, 2, 0.25, -0.75, 1.5, -0.1, 0.3, 0.9, -2, 0.4, 0.6];
const ones = mixed.map(() => 1);

/** Where a weight of 1 is after each step, computed from the numbers of each step in float64. */
function pathInDoubles(
  options: AdamOptions,
  rectify: Rectification,
  totalSteps: number,
  gradients: number[],
): number[] {
  let [weight, first, second] = [1, 0, 0];
  return gradients.map((gradient, i) => {
    const step = adaptiveStepAt(i + 1, learningRateAt(i + 1, totalSteps, options), options, rectify);
    first = step.beta1 * first + gradient;
    second = step.beta2 * second + gradient ** 2;
    weight = step.keep * weight - step.stepSize * (step.adaptive ? first / (Math.sqrt(second) + step.epsilon) : first);
    return weight;
  });
}

/** How far a weight has moved after each step. */
function path(optimizer: tf.Optimizer, gradients: number[], start = 0): number[] {
  const weight = tf.variable(tf.tensor1d([start]));
  const moved = gradients.map((gradient) =>
    tf.tidy(() => {
      optimizer.applyGradients([{ name: weight.name, tensor: tf.tensor1d([gradient]) }]);
      return weight.dataSync()[0] as number;
    }),
  );
  weight.dispose();
  optimizer.dispose();
  return moved;
}

describe("RAdam", () => {
  it("takes plain momentum for five steps, then the rectified step", () => {
    expect([1, 5].map((t) => rectification(t, 0.999))).toEqual([null, null]);
    const factors = [0.0258211128, 0.0327388144, 0.038738277, 0.0441048596, 0.0489980134, 0.053519281, 0.0577385125];
    for (const [i, factor] of factors.entries()) expect(rectification(6 + i, 0.999)).toBeCloseTo(factor, 9);
    expect(rectification(1e6, 0.999)).toBeCloseTo(1, 12);
  });

  const published = [
    ["gradient 1", steady, 1e-3, 12, ones, { 5: 0.995, 6: 0.9949741788897802, 10: 0.9948095989418015 }],
    ["mixed", steady, 1e-3, 12, mixed, { 4: 0.9987675630841799, 6: 0.9985880200545968, 12: 0.9985282776146731 }],
    [
      "mixed, with a schedule",
      { warmupProportion: 0.25, minLearningRate: 1e-4 },
      0.01,
      20,
      mixed,
      { 5: 0.9913984806365359, 6: 0.991304520340435, 12: 0.9908698236519597 },
    ],
  ] as const;

  describe.each(published)("follows keras-radam: %s", (_, schedule, learningRate, totalSteps, gradients, expected) => {
    const options = radam({ ...schedule, learningRate });
    it("in float64, to 12 digits", () => {
      const weights = pathInDoubles({ ...radam.defaults, ...options.options }, rectification, totalSteps, [
        ...gradients,
      ]);
      for (const [step, weight] of Object.entries(expected)) expect(weights[Number(step) - 1]).toBeCloseTo(weight, 12);
    });
    it.each(["cpu", "wasm"])("in float32 on %s", async (backend) => {
      await tf.setBackend(backend);
      const moved = path(options.create({ totalSteps }), [...gradients]);
      for (const [step, weight] of Object.entries(expected)) {
        expect(Math.abs((moved[Number(step) - 1] as number) - (weight - 1))).toBeLessThan(3e-9);
      }
    });
  });

  it("lays its schedule out for the steps of the plan unless told otherwise", async () => {
    await tf.setBackend("cpu");
    const planned = path(radam().create({ totalSteps: 20 }), mixed);
    const told = path(radam({ totalSteps: 20 }).create({ totalSteps: 9999 }), mixed);
    expect(told).toEqual(planned);
    expect(planned).not.toEqual(path(radam().create({ totalSteps: 40 }), mixed));
  });
});

describe.each(["cpu", "wasm"])("on %s", (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
  });

  it("Adam moves as tfjs's own", () => {
    const ours = path(adam({ ...steady, epsilon: 1e-3 }).create({ totalSteps: 12 }), mixed);
    const theirs = path(tf.train.adam(1e-3, 0.9, 0.999, 1e-3), mixed);
    // tfjs takes 1 − beta2 from a beta2 rounded to float32, which is 13 millionths off.
    for (const [i, moved] of ours.entries()) expect(moved / (theirs[i] as number)).toBeCloseTo(1, 4);
  });

  it("Adam's first step is the learning rate against the sign of the gradient, however small", () => {
    expect(path(adam(steady).create({ totalSteps: 1 }), [-1e-3])[0]).toBeCloseTo(1e-3, 6);
    expect(path(adam(steady).create({ totalSteps: 1 }), [5])[0]).toBeCloseTo(-1e-3, 9);
  });

  it("SGD adds up momentum: velocities 1, 1.9, 2.71", () => {
    const moved = path(sgd({ ...steady, learningRate: 0.1 }).create({ totalSteps: 3 }), [1, 1, 1]);
    for (const [i, expected] of [-0.1, -0.29, -0.561].entries()) expect(moved[i]).toBeCloseTo(expected, 6);
  });

  it("SGD without momentum is the gradient times the rate of the schedule", () => {
    const optimizer = sgd({ learningRate: 1, momentum: 0, warmupProportion: 0.5, minLearningRate: 0 });
    // Four steps: rates 0.5, 1, 0.5, 0.
    const moved = path(optimizer.create({ totalSteps: 4 }), [1, 1, 1, 1]);
    expect(moved).toEqual([-0.5, -1.5, -2, -2]);
  });

  it("weight decay takes rate × share off the weight, beside the gradient", () => {
    const options = { ...steady, learningRate: 0.1, weightDecay: 0.5 };
    for (const optimizer of [radam(options), adam(options), sgd(options)]) {
      const [first, second] = path(optimizer.create({ totalSteps: 2 }), [0, 0], 1);
      expect(first).toBeCloseTo(0.95, 6);
      expect(second).toBeCloseTo(0.9025, 6);
    }
  });

  it("lets NaN through, so that it is noticed", () => {
    for (const optimizer of [radam(), adam(), sgd()]) {
      expect(path(optimizer.create({ totalSteps: 1 }), [Number.NaN])[0]).toBeNaN();
    }
  });
});
