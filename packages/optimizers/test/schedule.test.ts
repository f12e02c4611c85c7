import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { adam, learningRateAt, radam, type ScheduleOptions, sgd } from "../src/index.js";

const notebook: ScheduleOptions = {
  learningRate: 1e-3,
  warmupProportion: 0.1,
  minLearningRate: 1e-5,
  totalSteps: null,
};

describe("learning-rate schedule", () => {
  it.each([
    [1, 5e-7],
    [10, 5e-6],
    [1000, 5e-4],
    [2000, 1e-3],
    [2001, 9.99945e-4],
    [11000, 5.05e-4],
    [20000, 1e-5],
    [25000, 1e-5],
  ])("the authors' 20 000 steps: at step %i, %f", (step, rate) => {
    expect(learningRateAt(step, 20000, notebook) / rate).toBeCloseTo(1, 12);
  });

  it("stays at the learning rate without warm-up and decay", () => {
    const constant = { ...notebook, warmupProportion: 0, minLearningRate: null };
    expect([1, 7, 1000].map((step) => learningRateAt(step, 10, constant))).toEqual([1e-3, 1e-3, 1e-3]);
  });

  it("climbs, then falls, within (0, learningRate], and ends at the lowest rate", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.double({ min: 0, max: 0.9, noNaN: true }), (total, warmup) => {
        const options = { ...notebook, warmupProportion: warmup };
        const rates = Array.from({ length: total + 3 }, (_, i) => learningRateAt(i + 1, total, options));
        const top = rates.indexOf(Math.max(...rates));
        expect(rates.every((rate) => rate > 0 && rate <= 1e-3)).toBe(true);
        expect(rates.slice(0, top + 1)).toEqual(rates.slice(0, top + 1).sort((a, b) => a - b));
        expect(rates.slice(top)).toEqual(rates.slice(top).sort((a, b) => b - a));
        if (total * (1 - warmup) >= 1) expect(rates[total - 1]).toBeCloseTo(1e-5, 12);
      }),
    );
  });

  it("refuses what cannot be meant, saying what would work", () => {
    expect(() => radam({ learningRate: 0 })).toThrow('optimizer "radam" needs a "learningRate" above 0');
    expect(() => adam({ warmupProportion: 10 })).toThrow("0.1 is a tenth of the steps");
    expect(() => sgd({ learningRate: 1e-6 })).toThrow('"minLearningRate" from 0 to the learningRate 0.000001');
    expect(() => radam({ totalSteps: 0.5 })).toThrow('a whole number above 0 for "totalSteps"');
    expect(() => adam({ beta2: 1 })).toThrow('"beta2" from 0 to below 1');
    expect(() => adam({ epsilon: 0 })).toThrow('"epsilon" above 0');
    expect(() => sgd({ momentum: 1 })).toThrow('"momentum" from 0 (none) to below 1');
  });
});
