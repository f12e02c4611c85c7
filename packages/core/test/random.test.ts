import { createRandom, restoreRandom } from "@em-stellar/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import golden from "./fixtures/sfc32.json" with { type: "json" };

const integers = (random: { next(): number }, count: number) =>
  Array.from({ length: count }, () => random.next() * 2 ** 32);

describe("is sfc32", () => {
  it.each(golden.states)("from the state $state", ({ state, outputs }) => {
    expect(integers(restoreRandom(state), outputs.length)).toEqual(outputs);
  });
  it.each(golden.seeds)("from the seed $seed", ({ seed, outputs }) => {
    expect(integers(createRandom(seed), outputs.length)).toEqual(outputs);
  });
});

describe("state", () => {
  it("continues the stream where it was saved, through JSON too", () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(50), (seed, drawn) => {
        const random = createRandom(seed);
        integers(random, drawn);
        const saved = JSON.parse(JSON.stringify(random.state()));
        const rest = integers(random, 20);
        expect(integers(restoreRandom(saved), 20)).toEqual(rest);
      }),
    );
  });
});

describe("fork", () => {
  it("is the same for the same label and place, and another for another", () => {
    const first = (seed: number, label: string) => integers(createRandom(seed).fork(label), 4);
    expect(first(1, "a")).toEqual(first(1, "a"));
    expect(first(1, "a")).not.toEqual(first(1, "b"));
    expect(first(1, "a")).not.toEqual(first(2, "a"));
    const random = createRandom(1);
    const before = random.fork("a").next();
    random.next();
    expect(random.fork("a").next()).not.toBe(before);
  });

  it("does not move its parent, nor the parent the fork", () => {
    const [alone, parent] = [createRandom(7), createRandom(7)];
    const fork = parent.fork("patches");
    const expected = integers(createRandom(7).fork("patches"), 5);
    expect(integers(parent, 5)).toEqual(integers(alone, 5));
    expect(integers(fork, 5)).toEqual(expected);
  });

  it("of neighbouring seeds and labels are not correlated", () => {
    const pairs = Array.from(
      { length: 4000 },
      (_, i) =>
        [
          createRandom(i).next() - 0.5,
          createRandom(i + 1).next() - 0.5,
          createRandom(1).fork(`${i}`).next() - 0.5,
          createRandom(1)
            .fork(`${i + 1}`)
            .next() - 0.5,
        ] as const,
    );
    const correlation = (products: number[]) => (12 * products.reduce((sum, p) => sum + p)) / products.length;
    // Standard error 1/√4000 = 0.016.
    expect(Math.abs(correlation(pairs.map(([a, b]) => a * b)))).toBeLessThan(0.06);
    expect(Math.abs(correlation(pairs.map(([, , c, d]) => c * d)))).toBeLessThan(0.06);
  });
});

describe("distributions", () => {
  const count = 100_000;
  const draw = (one: () => number) => Float64Array.from({ length: count }, one);
  const mean = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

  it("uniform stays in [low, high), with the mean and variance of the uniform", () => {
    const random = createRandom("uniform");
    const values = draw(() => random.uniform(-2, 4));
    expect(values.every((value) => value >= -2 && value < 4)).toBe(true);
    expect(mean(values)).toBeCloseTo(1, 1);
    expect(mean(values.map((value) => (value - 1) ** 2))).toBeCloseTo(3, 1);
  });

  it("integer is 0 to bound - 1, each as often", () => {
    const random = createRandom("integer");
    const tally = new Array(7).fill(0);
    for (let i = 0; i < count; i++) tally[random.integer(7)]++;
    const expected = count / 7;
    const chiSquare = tally.reduce((sum, observed) => sum + (observed - expected) ** 2 / expected, 0);
    expect(tally).toHaveLength(7);
    expect(chiSquare).toBeLessThan(22.46); // 6 degrees of freedom, p = 0.001
  });

  it("normal has mean 0, variance 1, no skew and kurtosis 3", () => {
    const random = createRandom("normal");
    const values = draw(() => random.normal());
    expect(values.every(Number.isFinite)).toBe(true);
    expect(Math.abs(mean(values))).toBeLessThan(0.015);
    expect(Math.abs(mean(values.map((value) => value ** 2)) - 1)).toBeLessThan(0.02);
    expect(Math.abs(mean(values.map((value) => value ** 3)))).toBeLessThan(0.05);
    expect(Math.abs(mean(values.map((value) => value ** 4)) - 3)).toBeLessThan(0.15);
  });

  it("shuffle gives every order of three as often, and leaves its input", () => {
    const random = createRandom("shuffle");
    const items = ["a", "b", "c"] as const;
    const tally = new Map<string, number>();
    for (let i = 0; i < 60_000; i++) {
      const order = random.shuffle(items).join("");
      tally.set(order, (tally.get(order) ?? 0) + 1);
    }
    const chiSquare = [...tally.values()].reduce((sum, observed) => sum + (observed - 10_000) ** 2 / 10_000, 0);
    expect([...tally.keys()].sort()).toEqual(["abc", "acb", "bac", "bca", "cab", "cba"]);
    expect(chiSquare).toBeLessThan(20.52); // 5 degrees of freedom, p = 0.001
    expect(items).toEqual(["a", "b", "c"]);
  });
});
