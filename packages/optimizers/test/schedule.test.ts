import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { adam, learningRateAt, radam, type ScheduleOptions, sgd } from "../src/index.js";
import { scheduleDefaults } from "../src/schedule.js";

const notebook: ScheduleOptions = {
  ...scheduleDefaults,
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

  // Ten steps without warm-up, from 0.8 to 0: the rate of steps 1 to 12, computed by hand.
  const ten = { ...notebook, learningRate: 0.8, warmupProportion: 0, minLearningRate: 0 };
  const rates = (options: Partial<ScheduleOptions>, losses?: readonly number[]) =>
    Array.from({ length: 12 }, (_, i) => learningRateAt(i + 1, 10, { ...ten, ...options }, losses));
  it.each<[Partial<ScheduleOptions>, number[]]>([
    [{ schedule: "linear" }, [0.72, 0.64, 0.56, 0.48, 0.4, 0.32, 0.24, 0.16, 0.08, 0, 0, 0]],
    [{ schedule: "constant" }, Array.from({ length: 12 }, () => 0.8)],
    // 0.4 (1 + cos(π t / 10))
    [
      { schedule: "cosine" },
      [0.780423, 0.723607, 0.635114, 0.523607, 0.4, 0.276393, 0.164886, 0.076393, 0.019577, 0, 0, 0],
    ],
    // 0.8 (1 − t / 10)²
    [{ schedule: "polynomial", power: 2 }, [0.648, 0.512, 0.392, 0.288, 0.2, 0.128, 0.072, 0.032, 0.008, 0, 0, 0]],
    // A drop after half of the steps, to a quarter.
    [{ schedule: "step", drops: 1, dropFactor: 0.25 }, [0.8, 0.8, 0.8, 0.8, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2]],
    // Drops after 2.5, 5 and 7.5 steps; not below the lowest rate.
    [
      { schedule: "step", drops: 3, dropFactor: 0.5, minLearningRate: 0.15 },
      [0.8, 0.8, 0.4, 0.4, 0.2, 0.2, 0.2, 0.15, 0.15, 0.15, 0.15, 0.15],
    ],
  ])("%o", (options, expected) => {
    for (const [i, rate] of rates(options).entries())
      expect(rate, `step ${i + 1}`).toBeCloseTo(expected[i] as number, 6);
  });

  it("warms up before any of them, and is laid out over what is left", () => {
    // Two of ten steps to warm up; the cosine is half way down at step 6.
    const cosine = { ...ten, schedule: "cosine", warmupProportion: 0.2 } as const;
    expect([1, 2, 6, 10].map((step) => learningRateAt(step, 10, cosine).toFixed(6))).toEqual([
      "0.400000",
      "0.800000",
      "0.400000",
      "0.000000",
    ]);
  });

  it.each([
    [[], 0.8],
    [[0.5, 0.4, 0.3], 0.8],
    [[0.5, 0.6], 0.8], // one validation without a lower loss
    [[0.5, 0.6, 0.5], 0.4], // two, which is the patience
    [[0.5, 0.6, 0.5, 0.7], 0.4], // counted anew
    [[0.5, 0.6, 0.5, 0.7, 0.5], 0.2],
    [[0.5, 0.6, 0.4, 0.45, 0.3], 0.8], // the lower losses between begin the count again
    [[0.5, Number.NaN, Number.NaN], 0.4],
  ])("plateau, after the validation losses %j: %f", (losses, rate) => {
    const plateau: Partial<ScheduleOptions> = { schedule: "plateau", dropFactor: 0.5, plateauPatience: 2 };
    expect(new Set(rates(plateau, losses))).toEqual(new Set([rate]));
  });

  it("is asked for by an optimizer at each step: by validation losses, and by the share of a training that time ends", () => {
    const moved = (options: Partial<ScheduleOptions>, plan: Parameters<ReturnType<typeof sgd>["create"]>[0]) => {
      const weight = tf.variable(tf.scalar(0));
      const optimizer = sgd({ ...ten, momentum: 0, ...options }).create(plan);
      optimizer.applyGradients([{ name: weight.name, tensor: tf.scalar(-1) }]);
      const [value] = weight.dataSync();
      weight.dispose();
      optimizer.dispose();
      return value;
    };
    const plateau: Partial<ScheduleOptions> = { schedule: "plateau", dropFactor: 0.5, plateauPatience: 1 };
    expect(moved(plateau, { totalSteps: 10, validationLosses: () => [1, 2] })).toBeCloseTo(0.4, 6);
    expect(() => moved(plateau, { totalSteps: 10 })).toThrow('The schedule "plateau" goes by validation losses');
    expect(moved({}, { totalSteps: 1e9, share: () => 0.75 })).toBeCloseTo(0.2, 6);
    expect(moved({ totalSteps: 10 }, { totalSteps: 1e9, share: () => 0.75 })).toBeCloseTo(0.72, 6);
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
    expect(() => radam({ schedule: "cosine", minLearningRate: null })).toThrow(
      '"minLearningRate" that the schedule "cosine"',
    );
    expect(() => adam(JSON.parse('{ "schedule": "cosin" }'))).toThrow(
      'or "plateau" for "schedule", but was given "cosin"',
    );
    expect(() => adam({ power: 0 })).toThrow('"power" above 0');
    expect(() => adam({ drops: 0 })).toThrow('"drops"');
    expect(() => sgd({ dropFactor: 1 })).toThrow('"dropFactor" between 0 and 1');
    expect(() => sgd({ plateauPatience: 0.5 })).toThrow('"plateauPatience"');
    expect(() => adam({ beta2: 1 })).toThrow('"beta2" from 0 to below 1');
    expect(() => adam({ epsilon: 0 })).toThrow('"epsilon" above 0');
    expect(() => sgd({ momentum: 1 })).toThrow('"momentum" from 0 (none) to below 1');
  });
});
