import "@tensorflow/tfjs-backend-cpu";
import { ready, setBackend, tensor1d, tidy, variable } from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";
import { newOptimizer } from "./component.js";

beforeAll(async () => {
  await setBackend("cpu");
  await ready();
});

it("takes the learning rate times the gradient from each weight", () => {
  const optimizer = newOptimizer({ learningRate: 0.5 }).create({ totalSteps: 2 });
  const weight = variable(tensor1d([1, -2]));
  for (const gradient of [
    [2, 4],
    [0, -1],
  ]) {
    tidy(() => optimizer.applyGradients([{ name: weight.name, tensor: tensor1d(gradient) }]));
  }
  expect([...weight.dataSync()]).toEqual([0, -3.5]); // 1 − 0.5 · 2, −2 − 0.5 · 4 + 0.5
  weight.dispose();
  optimizer.dispose();
});

it("says which options it takes", () => {
  expect(() => newOptimizer({ learningRate: 0 })).toThrow(
    'needs a "learningRate" above 0, such as 0.01, but was given 0.',
  );
});
