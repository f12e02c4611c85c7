import {
  averageRanks,
  bootstrap,
  criticalDifference,
  drawResamples,
  friedman,
  overDataSets,
  rankStability,
} from "@em-stellar/analysis";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

// Demšar (2006), table 6: AUC of C4.5, C4.5+m, C4.5+cf and C4.5+m+cf on 14 data sets. In the last row but one the paper
// prints 0.975 twice with the ranks 2 and 3: before rounding, the first was the greater.
const demsar = [
  [0.763, 0.768, 0.771, 0.798],
  [0.599, 0.591, 0.59, 0.569],
  [0.954, 0.971, 0.968, 0.967],
  [0.628, 0.661, 0.654, 0.657],
  [0.882, 0.888, 0.886, 0.898],
  [0.936, 0.931, 0.916, 0.931],
  [0.661, 0.668, 0.609, 0.685],
  [0.583, 0.583, 0.563, 0.625],
  [0.775, 0.838, 0.866, 0.875],
  [1, 1, 1, 1],
  [0.94, 0.962, 0.965, 0.962],
  [0.619, 0.666, 0.614, 0.669],
  [0.972, 0.981, 0.9751, 0.975],
  [0.957, 0.978, 0.946, 0.97],
];

describe("averageRanks", () => {
  it("counts from 1 for the best, shares places between equals, and puts what is not defined last", () => {
    expect(averageRanks([0.5, 0.9, 0.5, 0.1], "maximize")).toEqual([2.5, 1, 2.5, 4]);
    expect(averageRanks([0.5, 0.9, 0.5, 0.1], "minimize")).toEqual([2.5, 4, 2.5, 1]);
    expect(averageRanks([undefined, 0.2, undefined], "maximize")).toEqual([2.5, 1, 2.5]);
    expect(averageRanks([0.1 + 0.2, 0.3], "maximize")).toEqual([1.5, 1.5]);
    expect(averageRanks([], "maximize")).toEqual([]);
  });
});

describe("friedman", () => {
  it("tells how small a p is: on n data sets that all agree about three methods it is e^-n", () => {
    for (const n of [2, 20, 94, 300]) {
      const { statistic, p } = friedman(
        Array.from({ length: n }, () => [0.3, 0.2, 0.1]),
        "maximize",
      );
      expect(statistic).toBeCloseTo(2 * n, 9);
      expect(p / Math.exp(-n)).toBeCloseTo(1, 9);
    }
  });

  it("gives the mean ranks that Demšar prints: 3.143, 2.000, 2.893, 1.964", () => {
    const { meanRanks } = friedman(demsar, "maximize");
    expect(meanRanks.map((rank) => rank.toFixed(3))).toEqual(["3.143", "2.000", "2.893", "1.964"]);
  });

  it("comes to Demšar's 9.28 where ties are not corrected for, as he computes it, and to more with the correction", () => {
    const { statistic } = friedman(demsar, "maximize");
    // Ties: four alike once (64 - 4), two alike in three rows (8 - 2 each).
    const correction = 1 - (60 + 3 * 6) / (14 * 4 * 15);
    expect(statistic * correction).toBeCloseTo(9.28, 2);
  });

  it("finds nothing where all are equal, and refuses what it cannot test", () => {
    expect(
      friedman(
        [
          [1, 1, 1],
          [2, 2, 2],
        ],
        "maximize",
      ),
    ).toEqual({ meanRanks: [2, 2, 2], statistic: 0, p: 1, imanDavenport: 1 });
    expect(() =>
      friedman(
        [
          [1, 2],
          [1, 2],
        ],
        "maximize",
      ),
    ).toThrow("at least 3 columns (methods) each, but was given rows of 2, 2");
    expect(() => friedman([], "maximize")).toThrow("was given rows of nothing");
  });
});

describe("rankStability", () => {
  const resamples = drawResamples(2);
  const ofMean = (values: readonly number[]) =>
    bootstrap(resamples, (units) => units.reduce((sum, unit) => sum + (values[unit] as number), 0) / units.length);

  it("counts the places of every draw; methods that tie share them", () => {
    // Draws 00, 01 (twice), 11: a is better on unit 0, b on unit 1, and both are equal on the two together.
    const [a, b, c] = rankStability([ofMean([3, 1]), ofMean([1, 3]), ofMean([0, 0])], "maximize");
    expect(a).toEqual({ shares: [0.5, 0.5, 0], low: 1, high: 2 });
    expect(b).toEqual(a);
    expect(c).toEqual({ shares: [0, 0, 1], low: 3, high: 3 });
  });

  it("leaves out the rarest places: 2.5 % at either end of a 95 % interval", () => {
    const four = drawResamples(4);
    const better = bootstrap(four, (units) => units.filter((unit) => unit !== 0).length);
    const worse = bootstrap(four, () => 0.5);
    // Only the draw of unit 0 alone, 1 of 256, turns them round.
    expect(rankStability([better, worse], "maximize")).toEqual([
      { shares: [255 / 256, 1 / 256], low: 1, high: 1 },
      { shares: [1 / 256, 255 / 256], low: 2, high: 2 },
    ]);
  });

  it("shares of each method and of each place add up to 1", () => {
    const tables = fc.integer({ min: 1, max: 5 }).chain((methods) =>
      fc.array(fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 3, maxLength: 3 }), {
        minLength: methods,
        maxLength: methods,
      }),
    );
    const three = drawResamples(3);
    fc.assert(
      fc.property(tables, (scores) => {
        const result = rankStability(
          scores.map((values) =>
            bootstrap(three, (units) => units.reduce((sum, unit) => sum + (values[unit] as number), 0)),
          ),
          "minimize",
        );
        result.forEach(({ shares, low, high }, i) => {
          expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
          expect(result.reduce((sum, each) => sum + (each.shares[i] as number), 0)).toBeCloseTo(1, 9);
          expect(low).toBeGreaterThanOrEqual(1);
          expect(high).toBeGreaterThanOrEqual(low);
          expect(high).toBeLessThanOrEqual(scores.length);
        });
      }),
    );
  });

  it("refuses methods of different resamples", () => {
    const other = bootstrap(drawResamples(2), () => 1);
    expect(() => rankStability([ofMean([1, 2]), other], "maximize")).toThrow("the same resamples");
    expect(rankStability([], "maximize")).toEqual([]);
  });
});

describe("criticalDifference", () => {
  const ofRows = (rows: number, scores: (row: number) => number[], methods: string[]) =>
    criticalDifference({ methods, scores: Array.from({ length: rows }, (_, row) => scores(row)), goal: "maximize" });

  it("orders methods by mean rank and tests every two of them", () => {
    const { methods, friedman, pairs, dataSets, cliques } = criticalDifference({
      methods: ["C4.5", "C4.5+m", "C4.5+cf", "C4.5+m+cf"],
      scores: demsar,
      goal: "maximize",
    });
    expect(methods.map(({ name }) => name)).toEqual(["C4.5+m+cf", "C4.5+m", "C4.5+cf", "C4.5"]);
    expect([methods[0]?.meanRank.toFixed(3), dataSets]).toEqual(["1.964", 14]);
    expect(friedman?.p).toBeLessThan(0.05);
    expect(pairs).toHaveLength(6);
    // C4.5 and C4.5+m: 12 data sets differ, and C4.5+m loses two (ranks 1.5 and 5): W = 6.5.
    const [smallest] = pairs.toSorted((a, b) => a.p - b.p);
    expect(smallest?.names).toEqual(["C4.5+m", "C4.5"]);
    expect(smallest?.p).toBe(0.00732421875); // scipy 1.17.1, every pattern of signs
    expect(smallest?.adjusted).toBe(6 * 0.00732421875);
    // It is the only pair apart, so two bars overlap in C4.5+cf.
    expect(cliques).toEqual([
      [0, 2],
      [2, 3],
    ]);
  });

  it("joins neighbours that cannot be told apart, and only those", () => {
    // a beats b on half of the data sets by as much as it loses on the others; both beat c and d everywhere.
    const scores = (row: number) => {
      const swing = row % 2 === 0 ? 0.01 + row / 1000 : -0.01 - (row - 1) / 1000;
      return [0.9 + swing, 0.9, 0.5 - row / 100, 0.2];
    };
    const { cliques, needed } = ofRows(10, scores, ["a", "b", "c", "d"]);
    expect(cliques).toEqual([[0, 1]]);
    expect(needed).toBe(8); // 6 comparisons × 2 / 2^8 = 0.047
  });

  it("is one clique where data sets are too few to tell, however large the differences", () => {
    const { cliques, needed, pairs } = ofRows(5, () => [3, 2, 1], ["a", "b", "c"]);
    expect(cliques).toEqual([[0, 2]]);
    expect(pairs.map(({ adjusted }) => adjusted)).toEqual([0.1875, 0.1875, 0.1875]); // 3 × 0.0625
    expect(needed).toBe(7);
  });

  it("is one clique where Friedman's test finds no difference at all", () => {
    const rows = Array.from({ length: 12 }, (_, row) => [0, 1, 2].map((i) => (i + row) % 3));
    const { cliques, friedman } = criticalDifference({ methods: ["a", "b", "c"], scores: rows, goal: "maximize" });
    expect(friedman).toEqual({ statistic: 0, p: 1, imanDavenport: 1 });
    expect(cliques).toEqual([[0, 2]]);
  });

  it("is told in a sentence", () => {
    const table = (rows: number, scores: (row: number) => number[]) => {
      const all = Array.from({ length: rows }, (_, row) => scores(row));
      return overDataSets(
        criticalDifference({ methods: ["a", "b", "c"].slice(0, all[0]?.length), scores: all, goal: "maximize" }),
      );
    };
    expect(table(5, () => [3, 2, 1])).toBe(
      "Five data sets are too few to tell these three methods apart. Compare on at least 7.",
    );
    expect(table(3, () => [3, 2])).toBe("Three data sets are too few to tell a and b apart. Compare on at least 6.");
    expect(table(12, (row) => [0, 1, 2].map((i) => (i + row) % 3))).toBe(
      "On 12 data sets, no difference between these three methods was found (Friedman's test after Iman and Davenport, p = 1).",
    );
    expect(table(9, (row) => [0.9 + row, 0.5, 0.1 - row])).toBe(
      "On 9 data sets, by mean rank, a leads; every other method does worse (two-sided signed-rank tests, Holm-corrected for 3 comparisons, level 0.05).",
    );
    expect(table(6, (row) => [row % 2, 0.5 + row / 10])).toBe(
      "On 6 data sets, by mean rank, b leads; a cannot be told apart from it (two-sided signed-rank test, level 0.05).",
    );
  });

  it("compares two methods by the signed-rank test alone", () => {
    const { friedman, cliques } = ofRows(6, (row) => [1 + row, 0], ["a", "b"]);
    expect([friedman, cliques]).toEqual([undefined, []]);
  });

  it("refuses fewer than two methods or data sets", () => {
    expect(() => ofRows(1, () => [1, 2], ["a", "b"])).toThrow("at least 2 data sets with a score of each method");
    expect(() => ofRows(4, () => [1], ["a"])).toThrow("given 1 methods and rows of 1, 1, 1, 1");
  });
});
