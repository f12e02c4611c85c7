import "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { adam, radam, sgd } from "../src/index.js";

beforeAll(async () => {
  await tf.setBackend("wasm");
});

/** A kernel and a bias fitted to fixed numbers; curved, so that every step has another gradient. */
function problem() {
  const variables = tf.tidy(() => [
    tf.variable(tf.tensor2d([0.5, -0.25, 1, 2, -1.5, 0.75], [3, 2]) as tf.Tensor),
    tf.variable(tf.tensor1d([0.1, -0.2]) as tf.Tensor),
  ]);
  const [kernel, bias] = variables as [tf.Variable, tf.Variable];
  const loss = () =>
    tf.tidy(() => {
      const x = tf.tensor2d([1, 2, -1, 0.5, 0.25, 3], [2, 3]);
      return tf.mean(tf.square(tf.sub(tf.tanh(tf.add(tf.matMul(x, kernel), bias)), 0.3))) as tf.Scalar;
    });
  return {
    variables,
    train(optimizer: tf.Optimizer, steps: number) {
      for (let i = 0; i < steps; i++) optimizer.minimize(loss, false, variables);
    },
    values: () => variables.map((variable) => variable.dataSync().slice()),
    dispose: () => tf.dispose(variables),
  };
}

/** State as a file would keep it: names, shapes and numbers. */
async function stored(optimizer: tf.Optimizer) {
  const weights = await optimizer.getWeights();
  return weights.map(({ name, tensor }) => ({
    name,
    shape: tensor.shape,
    dtype: tensor.dtype,
    data: tensor.dataSync().slice(),
  }));
}

async function restore(optimizer: tf.Optimizer, state: Awaited<ReturnType<typeof stored>>) {
  const weights = state.map(({ name, shape, dtype, data }) => ({ name, tensor: tf.tensor(data, shape, dtype) }));
  await optimizer.setWeights(weights);
  tf.dispose(weights.map(({ tensor }) => tensor));
}

const optimizers = [radam({ learningRate: 0.05 }), adam({ learningRate: 0.05 }), sgd(), sgd({ momentum: 0 })];

describe.each(optimizers.map((optimizer) => [JSON.stringify([optimizer.id, optimizer.options]), optimizer] as const))(
  "%s",
  (_, optimizer) => {
    const plan = { totalSteps: 10 };

    it("continues bit for bit from a saved state", async () => {
      const uninterrupted = problem();
      uninterrupted.train(optimizer.create(plan), 10);

      const before = problem();
      const first = optimizer.create(plan);
      before.train(first, 5);
      const state = await stored(first);
      const after = problem(); // tfjs gives these variables other names
      for (const [i, variable] of after.variables.entries()) variable.assign(before.variables[i] as tf.Tensor);
      const second = optimizer.create(plan);
      await restore(second, state);
      expect(await stored(second)).toEqual(state);
      after.train(second, 5);

      expect(second.iterations).toBe(10);
      expect(after.values()).toEqual(uninterrupted.values());
      expect(before.values()).not.toEqual(uninterrupted.values());
    });

    it("keeps the number of tensors constant and gives all of them back", async () => {
      const { numTensors } = tf.memory();
      const fitted = problem();
      const created = optimizer.create(plan);
      fitted.train(created, 1);
      const afterOne = tf.memory().numTensors;
      fitted.train(created, 7);
      expect(tf.memory().numTensors).toBe(afterOne);
      await restore(created, await stored(created));
      await stored(created);
      fitted.train(created, 1);
      created.dispose();
      fitted.dispose();
      expect(tf.memory().numTensors).toBe(numTensors);
    });
  },
);

describe("state", () => {
  it("is the step count and two moments for each weight", async () => {
    const fitted = problem();
    const optimizer = radam().create({ totalSteps: 10 });
    fitted.train(optimizer, 3);
    const [kernel, bias] = fitted.variables.map(({ name }) => name);
    const state = await stored(optimizer);
    expect(state.map(({ name }) => name)).toEqual([
      "iter",
      `${kernel}/first-moment`,
      `${kernel}/second-moment`,
      `${bias}/first-moment`,
      `${bias}/second-moment`,
    ]);
    expect(state[0]).toMatchObject({ dtype: "int32", shape: [] });
    expect(state[0]?.data[0]).toBe(3);
  });

  it("takes gradients by name, in any order, and leaves a weight without a gradient alone", () => {
    const optimizer = sgd({ learningRate: 1, momentum: 0.5, warmupProportion: 0, minLearningRate: null });
    const created = optimizer.create({ totalSteps: 2 });
    const [a, b, c] = [tf.variable(tf.scalar(0)), tf.variable(tf.scalar(0)), tf.variable(tf.scalar(7))];
    created.applyGradients({ [a.name]: tf.scalar(1), [b.name]: tf.scalar(10), [c.name]: tf.scalar(0) });
    created.applyGradients({ [b.name]: tf.scalar(10), [a.name]: tf.scalar(1) });
    expect([a, b, c].map((variable) => variable.dataSync()[0])).toEqual([-2.5, -25, 7]);
  });

  it("gives the weight a new tensor: convolutions cache what they make of a filter by its tensor", () => {
    const weight = tf.variable(tf.scalar(1));
    const optimizer = adam().create({ totalSteps: 2 });
    const { dataId } = weight;
    optimizer.applyGradients([{ name: weight.name, tensor: tf.scalar(1) }]);
    expect(weight.dataId).not.toBe(dataId);
  });

  it("is refused where it belongs to other weights", async () => {
    const fitted = problem();
    const trained = radam().create({ totalSteps: 10 });
    fitted.train(trained, 1);
    const state = await stored(trained);

    const reversed = radam().create({ totalSteps: 10 });
    await restore(reversed, state);
    const [kernel, bias] = fitted.variables as [tf.Variable, tf.Variable];
    const gradients = [bias, kernel].map((variable) => ({ name: variable.name, tensor: tf.onesLike(variable) }));
    expect(() => reversed.applyGradients(gradients)).toThrow(/has shape \[3,2\], but the weight .* has shape \[2\]/);

    const fewer = radam().create({ totalSteps: 10 });
    await restore(fewer, state);
    expect(() => fewer.applyGradients(gradients.slice(1))).toThrow("of 2 weights, but gradients were given for 1");

    const refused = (optimizer: tf.Optimizer, given: typeof state) => expect(restore(optimizer, given)).rejects;
    await refused(radam().create({ totalSteps: 1 }), state.slice(0, 2)).toThrow(
      "a step count and, for each weight, first-moment and second-moment; it cannot take 2 tensors",
    );
    await refused(sgd().create({ totalSteps: 1 }), state).toThrow(
      `for each weight, momentum; it cannot take "${kernel.name}/first-moment"`,
    );
    await refused(sgd({ momentum: 0 }).create({ totalSteps: 1 }), state).toThrow("for each weight, nothing; it cannot");
    expect(() =>
      radam()
        .create({ totalSteps: 1 })
        .applyGradients({ gone: tf.scalar(1) }),
    ).toThrow('variable "gone"');
  });
});
