import "@tensorflow/tfjs-backend-cpu";
import { ones, setBackend, type Tensor, tidy } from "@tensorflow/tfjs-core";
import { input, layers, model } from "@tensorflow/tfjs-layers";
import { beforeAll, expect, it } from "vitest";
import { createDropoutSeeder } from "../src/training/dropout.js";

beforeAll(async () => {
  await setBackend("cpu");
});

/** Which of 64 units each of two dropout layers lets through at a step. */
function masksAt(seed: string, steps: readonly number[]): string[] {
  const image = input({ shape: [64] });
  const first = layers.dropout({ rate: 0.5, seed: 7 }).apply(image);
  const second = layers.dropout({ rate: 0.5, seed: 7 }).apply(image);
  const net = model({ inputs: image, outputs: [first, second] as (typeof image)[] });
  const seedDropout = createDropoutSeeder(net, seed);
  return steps.map((step) => {
    seedDropout(step);
    return tidy(() => {
      const outputs = net.apply(ones([1, 64]), { training: true }) as Tensor[];
      return outputs.map((output) => [...output.dataSync()].map((value) => (value > 0 ? "1" : "0")).join("")).join(" ");
    });
  });
}

it("drops other units at every step and in every layer, and the same ones when a step is repeated", () => {
  const [one, two, oneAgain] = masksAt("1/fold-0", [1, 2, 1]) as [string, string, string];
  expect(two).not.toBe(one);
  expect(oneAgain).toBe(one);
  const [layer1, layer2] = one.split(" ") as [string, string];
  expect(layer1).not.toBe(layer2);
  expect(masksAt("1/fold-0", [1, 2])).toEqual([one, two]);
  expect(masksAt("2/fold-0", [1])[0]).not.toBe(one);
  // Half of 64 units, within four standard deviations.
  const kept = [...layer1].filter((unit) => unit === "1").length;
  expect(Math.abs(kept - 32)).toBeLessThanOrEqual(16);
});
