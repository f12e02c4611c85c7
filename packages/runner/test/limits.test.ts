import { describe, expect, it } from "vitest";
import { shareOver, stoppedAt, validationsSinceBest } from "../src/training/limits.js";

describe("early stopping", () => {
  it.each([
    [[], 0],
    [[0.5], 0],
    [[0.5, 0.6, 0.7], 2],
    [[0.5, 0.6, 0.4], 0],
    [[0.5, 0.5, 0.5], 2], // as good is no better
    [[0.5, null, Number.NaN, undefined], 3],
    [[null, null], 2],
  ])("losses %j: %i validations since the best", (losses, since) => {
    expect(validationsSinceBest(losses, "minimize", 0)).toBe(since);
  });

  it("goes by the direction of the criterion, and by changes that are large enough", () => {
    expect(validationsSinceBest([0.5, 0.6, 0.55], "maximize", 0)).toBe(1);
    expect(validationsSinceBest([0.5, 0.505, 0.508, 0.511], "maximize", 0.01)).toBe(0); // 0.511 is more than 0.01 above 0.5
    expect(validationsSinceBest([0.5, 0.505, 0.508], "maximize", 0.01)).toBe(2);
    expect(validationsSinceBest([0.5, 0.495, 0.489], "minimize", 0.01)).toBe(0);
  });

  it("ends a training when its patience has run out", () => {
    const history = [0.5, 0.6, 0.7].map((loss, i) => ({ step: i, seconds: i, loss: 0, validation: { loss } }));
    const of = (patience: number) => ({
      minutes: null,
      earlyStopping: { patience, by: "loss" as const, minChange: 0 },
    });
    expect(stoppedAt({ seconds: 1, history }, of(2), () => "minimize")).toBe("patience");
    expect(stoppedAt({ seconds: 1, history }, of(3), () => "minimize")).toBeUndefined();
  });
});

it("time ends a training after its minutes", () => {
  const limits = { minutes: 2, earlyStopping: null };
  expect(stoppedAt({ seconds: 119, history: [] }, limits, () => "minimize")).toBeUndefined();
  expect(stoppedAt({ seconds: 120, history: [] }, limits, () => "minimize")).toBe("time");
  // Of steps and minutes, what ends the training first is what counts.
  expect(shareOver(50, 30, { steps: 100, minutes: 2 })).toBe(0.5);
  expect(shareOver(50, 90, { steps: 100, minutes: 2 })).toBe(0.75);
  expect(shareOver(50, 90, { steps: null, minutes: 3 })).toBe(0.5);
  expect(shareOver(50, 9000, { steps: null, minutes: 3 })).toBe(1);
});
