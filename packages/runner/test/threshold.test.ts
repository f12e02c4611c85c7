import { expect, it } from "vitest";
import { createThresholdPicker } from "../src/training/threshold.js";
import { agreement } from "./tiny.js";

const image = (truth: number[], prediction: number[]) => ({
  truth: { width: truth.length, height: 1, data: Uint8Array.from(truth), maximum: 1 },
  prediction: { width: truth.length, height: 1, data: Float32Array.from(prediction), maximum: 1 },
});
const pick = (images: ReturnType<typeof image>[]) => {
  const picker = createThresholdPicker(agreement());
  for (const { truth, prediction } of images) picker.add(truth, prediction);
  return picker.pick();
};

it("finds the one threshold that separates the classes", () => {
  // Between 0.13 and 0.15 only 0.14 is a candidate.
  expect(pick([image([0, 0, 1, 1], [0.05, 0.13, 0.15, 0.3])])).toBeCloseTo(0.14, 10);
});

it("pools the images before it chooses, and stays at 0.5 where all thresholds score alike", () => {
  expect(pick([image([0, 1], [0.1, 0.29]), image([0, 1], [0.25, 0.9])])).toBeCloseTo(0.28, 2);
  expect(pick([image([0, 1], [0, 1])])).toBe(0.5);
});
