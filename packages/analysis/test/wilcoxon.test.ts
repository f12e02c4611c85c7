import { holm, wilcoxonSignedRank } from "@em-stellar/analysis";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

/** Pairs whose second is 0, so that the first is the difference. */
const ofDifferences = (differences: readonly number[]) =>
  wilcoxonSignedRank(
    differences,
    differences.map(() => 0),
  );

describe("wilcoxonSignedRank", () => {
  it("4 pairs in one direction reach 0.125, the smallest p that 4 pairs can give", () => {
    expect(wilcoxonSignedRank([0.9, 0.8, 0.7, 0.95], [0.8, 0.75, 0.5, 0.8])).toEqual({
      pairs: 4,
      greater: 10,
      less: 0,
      p: 0.125,
      smallest: 0.125,
      exact: true,
    });
  });

  it("by hand: ranks 1 and 2 against 3 leave 6 of 8 sign patterns at least as uneven", () => {
    // Rank sums of the eight patterns: 0 1 2 3 3 4 5 6; those at most 3 are five, twice that is more than all.
    expect(ofDifferences([1, 2, -3]).p).toBe(1);
    // At most 1 (rank 1 alone): 0 and 1, two of eight, doubled.
    expect(ofDifferences([-1, 2, 3]).p).toBe(0.5);
  });

  it("Darwin's maize: 15 pairs, W = 24, p = 0.0413", () => {
    const { less, greater, p } = ofDifferences([49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]);
    expect([less, greater]).toEqual([24, 96]);
    expect(p).toBeCloseTo(0.041259765625, 15);
  });

  it("Hollander & Wolfe's depression scores: V = 40, p = 0.0391", () => {
    const before = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3];
    const after = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];
    const { greater, p } = wilcoxonSignedRank(before, after);
    expect(greater).toBe(40);
    expect(p).toBe(20 / 512);
  });

  it("leaves out equal pairs, and takes a difference by rounding for none", () => {
    expect(wilcoxonSignedRank([0.3, 0.5, 0.1 + 0.2], [0.3, 0.4, 0.3])).toMatchObject({ pairs: 1, p: 1 });
    expect(wilcoxonSignedRank([1, 2], [1, 2])).toEqual({
      pairs: 0,
      greater: 0,
      less: 0,
      p: 1,
      smallest: 1,
      exact: true,
    });
    expect(wilcoxonSignedRank([], []).p).toBe(1);
  });

  it("refuses pairs without a partner, and what is no number", () => {
    expect(() => wilcoxonSignedRank([1, 2], [1])).toThrow("a partner for each score, but was given 2 and 1 scores");
    expect(() => wilcoxonSignedRank([1], [Number.NaN])).toThrow("finite scores, but was given NaN");
  });

  it("p lies between 2 / 2^n and 1, whatever the order of the pairs and whichever comes first", () => {
    const pairs = fc.array(fc.tuple(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 9 })), { maxLength: 40 });
    fc.assert(
      fc.property(pairs, fc.nat(), (given, by) => {
        const turned = [...given.slice(by % (given.length + 1)), ...given.slice(0, by % (given.length + 1))];
        const [first, second] = [given.map(([a]) => a), given.map(([, b]) => b)];
        const result = wilcoxonSignedRank(first, second);
        expect(result.p).toBeGreaterThanOrEqual(Math.min(1, 2 ** (1 - result.pairs)));
        expect(result.p).toBeLessThanOrEqual(1);
        expect(result.smallest).toBe(Math.min(1, 2 ** (1 - result.pairs)));
        expect(wilcoxonSignedRank(second, first).p).toBeCloseTo(result.p, 12);
        expect(
          wilcoxonSignedRank(
            turned.map(([a]) => a),
            turned.map(([, b]) => b),
          ).p,
        ).toBeCloseTo(result.p, 12);
      }),
    );
  });

  it("with ties, is the share of all sign patterns that are at least as uneven", () => {
    const differences = fc.array(fc.integer({ min: -3, max: 3 }).filter(Boolean), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(differences, (given) => {
        const sizes = given.map(Math.abs);
        const ranks = sizes.map((size) => {
          const below = sizes.filter((other) => other < size).length;
          return below + (sizes.filter((other) => other === size).length + 1) / 2;
        });
        const total = ranks.reduce((a, b) => a + b, 0);
        const uneven = (positive: (i: number) => boolean) =>
          Math.abs(ranks.reduce((sum, rank, i) => sum + (positive(i) ? rank : 0), 0) - total / 2);
        const seen = uneven((i) => (given[i] as number) > 0);
        let count = 0;
        for (let signs = 0; signs < 2 ** given.length; signs++)
          if (uneven((i) => ((signs >> i) & 1) === 1) >= seen) count++;
        expect(ofDifferences(given).p).toBeCloseTo(Math.min(1, count / 2 ** given.length), 12);
      }),
      { numRuns: 60 },
    );
  });
});

describe("holm", () => {
  it("multiplies the smallest by n, the next by n - 1, and never falls back", () => {
    const adjusted = holm([0.01, 0.04, 0.03, 0.005]);
    for (const [i, p] of [0.03, 0.06, 0.06, 0.02].entries()) expect(adjusted[i]).toBeCloseTo(p, 15);
    expect(holm([])).toEqual([]);
  });

  it("keeps the order of p-values and lies between p and Bonferroni's n p, at most 1", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 }), (given) => {
        const adjusted = holm(given);
        given.forEach((p, i) => {
          const corrected = adjusted[i] as number;
          expect(corrected).toBeGreaterThanOrEqual(p);
          expect(corrected).toBeLessThanOrEqual(Math.min(1, p * given.length) + 1e-15);
          given.forEach((other, k) => {
            if (p < other) expect(corrected).toBeLessThanOrEqual(adjusted[k] as number);
          });
        });
      }),
    );
  });

  it("refuses what is no p-value", () => {
    expect(() => holm([0.1, 1.5])).toThrow("A p-value lies between 0 and 1, but one given is 1.5.");
    expect(() => holm([Number.NaN])).toThrow("one given is NaN");
  });
});
