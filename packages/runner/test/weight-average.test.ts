import "@tensorflow/tfjs-backend-cpu";
import { memory, setBackend, tensor1d, tensor2d } from "@tensorflow/tfjs-core";
import { layers, sequential } from "@tensorflow/tfjs-layers";
import { expect, it } from "vitest";
import { averageWeights, decayAt } from "../src/training/weight-average.js";

it("is a ← d a + (1 − d) w, with a decay that grows towards the one asked for", async () => {
  await setBackend("cpu");
  expect([1, 2, 8, 90, 1000].map((step) => decayAt(step, 0.9))).toEqual([2 / 11, 3 / 12, 9 / 18, 0.9, 0.9]);

  const tensorsBefore = memory().numTensors;
  const net = sequential({ layers: [layers.dense({ units: 1, inputShape: [1] })] });
  const setWeight = (value: number) => {
    const given = [tensor2d([value], [1, 1]), tensor1d([-value])];
    net.setWeights(given);
    for (const tensor of given) tensor.dispose();
  };
  const weights = () => net.getWeights().map((weight) => weight.dataSync()[0]);
  setWeight(11);
  const average = averageWeights(net, 0.2);
  setWeight(22);
  average.update(1); // 2/11 · 11 + 9/11 · 22
  setWeight(10);
  average.update(2); // min(0.2, 3/12) · 20 + 0.8 · 10
  expect(weights()).toEqual([10, -10]);
  average.show();
  for (const [i, value] of [12, -12].entries()) expect(weights()[i]).toBeCloseTo(value, 5);
  average.hide();
  expect(weights()).toEqual([10, -10]);

  const saved = [tensor2d([5], [1, 1]), tensor1d([6])];
  average.restore(saved);
  for (const tensor of saved) tensor.dispose();
  average.show();
  expect(weights()).toEqual([5, 6]);
  average.dispose();
  net.dispose();
  expect(memory().numTensors).toBe(tensorsBefore);
});
