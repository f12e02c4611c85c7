import { InputError } from "@em-stellar/core";
import { type FoldSample, splitFolds } from "@em-stellar/data";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const named = (count: number): FoldSample[] => Array.from({ length: count }, (_, i) => ({ id: `s${i}` }));

/** Samples with groups of any sizes, and a number of folds that they allow. */
const grouped = fc
  .array(fc.integer({ min: 0, max: 7 }), { minLength: 2, maxLength: 40 })
  .map((groups) =>
    groups.map((group, i): FoldSample => ({ id: `s${i}`, group: `g${group}`, foreground: (i % 10) / 10 })),
  )
  .filter((samples) => new Set(samples.map(({ group }) => group)).size >= 2)
  .chain((samples) =>
    fc.record({
      samples: fc.constant(samples),
      count: fc.integer({ min: 2, max: new Set(samples.map(({ group }) => group)).size }),
      seed: fc.integer(),
      stratify: fc.boolean(),
    }),
  );

describe("splitFolds", () => {
  it("validates every sample exactly once, and trains on all others", () => {
    fc.assert(
      fc.property(grouped, fc.boolean(), ({ samples, ...options }, together) => {
        const folds = splitFolds(samples, { ...options, grouped: together });
        const everyone = samples.map((_, i) => i);
        expect(folds).toHaveLength(options.count);
        expect(folds.flatMap(({ validation }) => validation).sort((a, b) => a - b)).toEqual(everyone);
        for (const { train, validation } of folds) {
          expect(validation.length).toBeGreaterThan(0);
          expect([...train, ...validation].sort((a, b) => a - b)).toEqual(everyone);
        }
      }),
    );
  });

  it("never splits a group", () => {
    fc.assert(
      fc.property(grouped, ({ samples, ...options }) => {
        for (const { train, validation } of splitFolds(samples, options)) {
          const learnt = new Set(train.map((i) => samples[i]?.group));
          expect(validation.filter((i) => learnt.has(samples[i]?.group))).toEqual([]);
        }
      }),
    );
  });

  it("makes folds of sizes that differ by at most one where nothing is grouped", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 9 }),
        fc.nat(40),
        fc.integer(),
        fc.boolean(),
        (count, more, seed, stratify) => {
          const samples = named(count + more).map((sample, i) => ({ ...sample, foreground: i }));
          const sizes = splitFolds(samples, { count, seed, stratify }).map(({ validation }) => validation.length);
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  it("depends on the seed and nothing else", () => {
    fc.assert(
      fc.property(grouped, ({ samples, ...options }) => {
        expect(splitFolds(samples, options)).toEqual(splitFolds(samples, options));
      }),
    );
    const different = new Set(
      Array.from({ length: 20 }, (_, seed) => JSON.stringify(splitFolds(named(12), { count: 4, seed }))),
    );
    expect(different.size).toBe(20);
  });

  it("puts any two samples together about as often as chance does", () => {
    // 6 samples in 3 pairs: a given partner in 1 of 5 splits.
    let together = 0;
    for (let seed = 0; seed < 1000; seed++) {
      const folds = splitFolds(named(6), { count: 3, seed });
      if (folds.some(({ validation }) => validation.includes(0) && validation.includes(1))) together++;
    }
    expect(together / 1000).toBeCloseTo(0.2, 1);
  });

  it("stratified, gives each fold one sample of every round of similar foreground", () => {
    const shares = [0.9, 0.1, 0.5, 0.11, 0.52, 0.92, 0.12, 0.91, 0.51];
    const samples = shares.map((foreground, i) => ({ id: `s${i}`, foreground }));
    for (let seed = 0; seed < 20; seed++) {
      for (const { validation } of splitFolds(samples, { count: 3, seed, stratify: true })) {
        expect(validation.map((i) => Math.round(10 * (shares[i] as number))).sort()).toEqual([1, 5, 9]);
      }
    }
  });

  it("stratified, spreads whole groups by their mean foreground", () => {
    const samples = ["A", "A", "B", "B", "C", "C", "D", "D"].map((group, i) => ({
      id: `s${i}`,
      group,
      foreground: { A: 0.8, B: 0.7, C: 0.2, D: 0.1 }[group] as number,
    }));
    for (let seed = 0; seed < 20; seed++) {
      for (const { validation } of splitFolds(samples, { count: 2, seed, stratify: true })) {
        expect(validation.filter((i) => i < 4)).toHaveLength(2);
      }
    }
  });

  it("evens out groups of uneven size: 4, 2, 1, 1 make 4 and 4", () => {
    const samples = ["A", "A", "A", "A", "B", "B", "C", "D"].map((group, i) => ({ id: `s${i}`, group }));
    for (let seed = 0; seed < 20; seed++) {
      const folds = splitFolds(samples, { count: 2, seed });
      expect(folds.map(({ validation }) => validation.length)).toEqual([4, 4]);
    }
  });

  it("refuses more folds than there are groups or images, and says how many work", () => {
    const samples = ["A", "A", "B", "C"].map((group, i) => ({ id: `s${i}`, group }));
    expect(() => splitFolds(samples, { count: 4, seed: 1 })).toThrow(InputError);
    expect(() => splitFolds(samples, { count: 4, seed: 1 })).toThrow(
      /4 folds cannot be made of 3 groups \(A, B, C\).*2 to 3 folds/,
    );
    expect(splitFolds(samples, { count: 4, seed: 1, grouped: false })).toHaveLength(4);
    expect(() => splitFolds(named(3), { count: 5, seed: 1 })).toThrow(
      /5 folds cannot be made of 3 training images.*2 to 3/,
    );
    expect(() => splitFolds(named(3), { count: 1, seed: 1 })).toThrow(/at least 2 folds, but 1/);
    expect(() => splitFolds(named(3), { count: 2, seed: 1, stratify: true })).toThrow(/"s0" has none/);
  });
});

describe("neighbours of a stack", () => {
  const slices = Array.from({ length: 12 }, (_, i): FoldSample => ({ id: `s${i + 1}`, stack: "s#", z: i + 1 }));

  it("within the gap of a validation slice are not learnt from in its fold", () => {
    for (const { train, validation } of splitFolds(slices, { count: 4, seed: 1, gap: 1 })) {
      for (const t of train) for (const v of validation) expect(Math.abs(t - v)).toBeGreaterThan(1);
    }
    const elsewhere = slices.map((slice, i) => ({ ...slice, stack: i < 6 ? "a#" : "b#" }));
    const [fold] = splitFolds(
      elsewhere.map((slice, i) => ({ ...slice, validation: i === 5 })),
      { count: 4, seed: 1, gap: 2 },
    );
    expect(fold).toEqual({ train: [0, 1, 2, 6, 7, 8, 9, 10, 11], validation: [5] });
  });

  it("leave something to learn from, or the gap is refused", () => {
    expect(() => splitFolds(slices, { count: 2, seed: 1, gap: 9 })).toThrow(/No image is left.*a smaller gap/);
  });

  it("make one fold where validation is chosen", () => {
    const chosen = slices.map((slice) => ({ ...slice, validation: (slice.z as number) > 9 }));
    expect(splitFolds(chosen, { count: 4, seed: 1 })).toEqual([
      { train: [0, 1, 2, 3, 4, 5, 6, 7, 8], validation: [9, 10, 11] },
    ]);
  });
});
