import { describe, expect, it } from "vitest";
import { chiSquaredTail, fTail, normalCdf, normalQuantile } from "../src/distributions.js";

// Of Python 3.11: math.erfc and statistics.NormalDist.
const cdf: [z: number, p: number][] = [
  [-37, 5.725571222525139e-300],
  [-12.5, 3.73256429887781e-36],
  [-6, 9.865876450377012e-10],
  [-2.2, 0.01390344751349861],
  [-2, 0.02275013194817922],
  [-1.2, 0.1150696702217083],
  [-0.3, 0.3820885778110474],
  [0, 0.5],
  [0.7, 0.758036347776927],
  [1.959963984540054, 0.975],
  [4, 0.9999683287581669],
];
const quantiles: [p: number, z: number][] = [
  [1e-100, -21.27345356096532],
  [1e-16, -8.222082216130435],
  [0.001, -3.090232306167813],
  [0.025, -1.9599639845400538],
  [0.2, -0.8416212335729142],
  [0.5, 0.0],
  [0.6, 0.2533471031357998],
  [0.975, 1.9599639845400536],
  [0.999999999, 5.997807019601638],
];

describe("the normal distribution", () => {
  it.each(cdf)("lies below %d with Python's probability", (z, p) => {
    expect(normalCdf(z) / p).toBeCloseTo(1, 12);
  });

  it.each(quantiles)("has Python's quantile of %d", (p, z) => {
    expect(normalQuantile(p)).toBeCloseTo(z, 12);
  });

  it("has no end", () => {
    expect([0, 0.5, 1].map(normalQuantile)).toEqual([Number.NEGATIVE_INFINITY, 0, Number.POSITIVE_INFINITY]);
    expect([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY].map(normalCdf)).toEqual([0, 1]);
    expect(normalQuantile(Number.NaN)).toBeNaN();
  });
});

describe("the chi-squared distribution", () => {
  it("has the 5 % points of tables", () => {
    const points = [3.841, 5.991, 7.815, 9.488, 11.07, 12.592, 14.067];
    for (const [i, x] of points.entries()) expect(chiSquaredTail(x, i + 1)).toBeCloseTo(0.05, 4);
  });

  it.each([2, 3, 7, 20])("is the integral of its density, with %d degrees of freedom", (degrees) => {
    // Substituting x = t² keeps the density finite at 0; Simpson's rule from there to t = 20.
    const density = (t: number) => 2 * t ** (degrees - 1) * Math.exp((-t * t) / 2);
    const integral = (from: number) => {
      const [steps, width] = [4000, (20 - from) / 4000];
      let sum = 0;
      for (let i = 0; i <= steps; i++) sum += density(from + i * width) * (i % steps === 0 ? 1 : i % 2 === 1 ? 4 : 2);
      return (sum * width) / 3;
    };
    for (const x of [0.3, 2, 11.5, 40]) {
      expect(chiSquaredTail(x, degrees) / (integral(Math.sqrt(x)) / integral(0))).toBeCloseTo(1, 7);
    }
  });

  it("is certain at 0", () => {
    expect(chiSquaredTail(0, 1)).toBe(1);
    expect(chiSquaredTail(0, 4)).toBe(1);
  });
});

describe("the F distribution", () => {
  it("has the 5 % points of tables", () => {
    for (const [f, between, within] of [
      [161.448, 1, 1],
      [4.1028, 2, 10],
      [2.7109, 5, 20],
    ] as const) {
      expect(fTail(f, between, within)).toBeCloseTo(0.05, 3);
    }
  });

  it("of one degree within and between is the square of Cauchy's, and is certain at 0", () => {
    for (const f of [0.01, 1, 7, 1e6]) {
      expect(fTail(f, 1, 1) / ((2 / Math.PI) * Math.atan(1 / Math.sqrt(f)))).toBeCloseTo(1, 10);
    }
    expect(fTail(0, 3, 9)).toBe(1);
  });
});
