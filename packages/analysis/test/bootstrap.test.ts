import { bcaInterval, bootstrap, bootstrapInterval, drawResamples } from "@em-stellar/analysis";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const mean = (values: readonly number[]) => (units: readonly number[]) =>
  units.reduce((sum, unit) => sum + (values[unit] as number), 0) / units.length;

describe("drawResamples", () => {
  it("lists every draw of few units, with the number of orders each can come in", () => {
    expect(drawResamples(2)).toEqual({
      units: 2,
      draws: [
        [0, 0],
        [0, 1],
        [1, 1],
      ],
      weights: [1, 2, 1],
      exact: true,
    });
    for (const units of [1, 3, 4, 7]) {
      const { weights, exact } = drawResamples(units);
      expect(exact).toBe(true);
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBe(units ** units);
    }
  });

  it("draws at random where there are more draws than asked for, the same for the same seed", () => {
    const drawn = drawResamples(20, { resamples: 300, seed: 7 });
    expect([drawn.exact, drawn.draws.length]).toEqual([false, 300]);
    expect(drawResamples(20, { resamples: 300, seed: 7 })).toEqual(drawn);
    expect(drawResamples(20, { resamples: 300, seed: 8 })).not.toEqual(drawn);
    // Each unit is as likely as any other: 300 × 20 draws of 20 units, 300 ± 17 (one standard deviation) of each.
    const counts = Array.from({ length: 20 }, (_, unit) => drawn.draws.flat().filter((each) => each === unit).length);
    for (const count of counts) expect(Math.abs(count - 300)).toBeLessThan(4 * 17);
  });

  it("refuses what makes no interval", () => {
    expect(() => drawResamples(0)).toThrow("at least one unit (image, group), but was given 0");
    expect(() => drawResamples(3, { resamples: 10 })).toThrow(
      "10 resamples do not make an interval. Ask for at least 100",
    );
  });
});

describe("bootstrap", () => {
  it("holds the statistic on all units, on each draw, and without each unit", () => {
    const { estimate, values, jackknife } = bootstrap(drawResamples(2), mean([0, 1]));
    expect([estimate, values, jackknife]).toEqual([0.5, [0, 0.5, 1], [1, 0]]);
  });
});

describe("the BCa interval", () => {
  it("of one unit is none, with the reason", () => {
    expect(bootstrapInterval(1, mean([3]))).toEqual({
      reason: "one unit alone says nothing about how others would vary",
    });
  });

  it("of units that are all alike has width 0, rounding or not", () => {
    expect(bootstrapInterval(4, mean([2, 2, 2, 2]))).toEqual({ low: 2, high: 2 });
    const { low, high } = bootstrapInterval(3, mean([0.1 + 0.2, 0.3, 0.3]));
    expect(low).toBe(high);
  });

  it("of a statistic that is not defined on all units, or on too many draws, is none", () => {
    expect(bootstrapInterval(4, () => undefined)).toEqual({ reason: "the score is not defined on these units" });
    // Not defined without unit 0: (3/4)^4 = 31.6 % of the draws.
    const needsFirst = (units: readonly number[]) => (units.includes(0) ? mean([1, 2, 3, 4])(units) : undefined);
    expect(bootstrapInterval(4, needsFirst)).toEqual({ reason: "the score is not defined on 32 % of the resamples" });
    // Not defined on unit 0 alone, 1 draw of 256: left out.
    const notFirstAlone = (units: readonly number[]) =>
      new Set(units).size > 1 || units[0] !== 0 ? mean([1, 2, 3, 4])(units) : undefined;
    expect(bootstrapInterval(4, notFirstAlone)).toMatchObject({ low: expect.any(Number), high: expect.any(Number) });
  });

  it("of a symmetric sample is that of the percentiles, about the mean", () => {
    // Skewness and bias are 0, and the means of the 256 draws go from -3 to 3 in steps of 1/2.
    const { low, high } = bootstrapInterval(4, mean([-3, -1, 1, 3]), { level: 0.95 });
    expect((low as number) + (high as number)).toBeCloseTo(0, 12);
    // 1, 4 and 10 draws have the means -3, -2.5 and -2: the 2.5 % quantile, place 6.375 of 255, lies among the ten.
    expect(low).toBe(-2);
  });

  it("a strong acceleration ends at the outermost value, never beyond or in NaN", () => {
    const { low, high } = bootstrapInterval(5, mean([0, 0, 0, 0, 1]), { level: 0.999 });
    expect(low).toBeGreaterThanOrEqual(0);
    expect(high).toBeLessThanOrEqual(1);
  });

  it("refuses a level that is no share", () => {
    expect(() => bcaInterval(bootstrap(drawResamples(2), mean([0, 1])), 95)).toThrow(
      "The level of an interval lies between 0 and 1, not at 95.",
    );
  });

  it("does not depend on the order of the units, moves with them, and turns with their sign", () => {
    const samples = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(samples, fc.nat(), (values, by) => {
        const { low, high } = bootstrapInterval(values.length, mean(values));
        const turned = [...values.slice(by % values.length), ...values.slice(0, by % values.length)];
        const { low: low2, high: high2 } = bootstrapInterval(values.length, mean(turned));
        expect(low2).toBeCloseTo(low as number, 9);
        expect(high2).toBeCloseTo(high as number, 9);
        const moved = bootstrapInterval(values.length, mean(values.map((value) => 2 * value + 10)));
        expect(moved.low).toBeCloseTo(2 * (low as number) + 10, 9);
        const mirrored = bootstrapInterval(values.length, mean(values.map((value) => -value)));
        expect(mirrored.low).toBeCloseTo(-(high as number), 9);
        expect(low).toBeLessThanOrEqual(high as number);
      }),
      { numRuns: 40 },
    );
  });

  it("recomputes a pooled score on every draw, rather than average the images", () => {
    // Hits and pixels of two images: 0.1 and 0.9 alone, 55 of 70 together, where the mean of the two would be 0.5.
    const [hits, pixels] = [
      [1, 54],
      [10, 60],
    ] as const;
    const pooled = (units: readonly number[]) => mean(hits)(units) / mean(pixels)(units);
    const { estimate, values } = bootstrap(drawResamples(2), pooled);
    expect([estimate, values]).toEqual([55 / 70, [0.1, 55 / 70, 0.9]]);
  });
});
