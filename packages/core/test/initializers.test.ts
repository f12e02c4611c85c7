import "@tensorflow/tfjs-backend-cpu";
import {
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  type Initializer,
  leCunNormal,
  leCunUniform,
  normal,
  type Seeds,
  truncatedNormal,
  zeroWeights,
} from "@em-stellar/core/training";
import { ready, setBackend, tidy } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";

beforeAll(async () => {
  await setBackend("cpu");
  await ready();
});

/** A kernel of 3 × 3 taps, 32 channels in and 64 out. */
const kernel = [3, 3, 32, 64];
const [fanIn, fanOut] = [9 * 32, 9 * 64];

/** Of a standard normal distribution cut off at −2 and 2, with φ(2) and Φ(2) from tables: 1 − 2 · 2 φ(2) / (2 Φ(2) − 1), and for the fourth power 3 times it − 2 · 2³ φ(2) / (2 Φ(2) − 1). */
const [density, mass] = [0.05399096651318806, 2 * 0.9772498680518208 - 1];
const variance = 1 - (4 * density) / mass;
const fourth = 3 * variance - (16 * density) / mass;

/** Standard deviation, largest value, and kurtosis (the mean fourth power over the squared variance). */
type Moments = readonly [deviation: number, largest: number, kurtosis: number];
const uniform = (deviation: number): Moments => [deviation, Math.sqrt(3) * deviation, 9 / 5];
const truncated = (deviation: number): Moments => [
  deviation,
  (2 * deviation) / Math.sqrt(variance),
  fourth / variance ** 2,
];

const cases: readonly [string, (seed: Seeds) => Initializer, Moments][] = [
  ["heNormal", heNormal, truncated(Math.sqrt(2 / fanIn))],
  ["heUniform", heUniform, uniform(Math.sqrt(2 / fanIn))],
  ["glorotNormal", glorotNormal, truncated(Math.sqrt(2 / (fanIn + fanOut)))],
  ["glorotUniform", glorotUniform, uniform(Math.sqrt(2 / (fanIn + fanOut)))],
  ["leCunNormal", leCunNormal, truncated(Math.sqrt(1 / fanIn))],
  ["leCunUniform", leCunUniform, uniform(Math.sqrt(1 / fanIn))],
  ["normal", (seed) => normal(0.05, seed), [0.05, Number.POSITIVE_INFINITY, 3]],
  ["truncatedNormal", (seed) => truncatedNormal(0.05, seed), truncated(0.05 * Math.sqrt(variance))],
];

const values = (initializer: Initializer, shape = kernel) => tidy(() => [...initializer.apply(shape).dataSync()]);
const seeds =
  (first: number): Seeds =>
  () =>
    first++;
const mean = (numbers: readonly number[]) => numbers.reduce((sum, value) => sum + value, 0) / numbers.length;

describe.each(cases)("%s", (_, make, [deviation, largest, kurtosis]) => {
  it("has the moments of its definition", () => {
    // 18 432 values: their mean is off by 0.7 % of the deviation, the deviation by 0.5 %, the kurtosis by 0.04, one time of three.
    const drawn = values(make(seeds(1)));
    const found = Math.sqrt(mean(drawn.map((value) => value ** 2)));
    expect(Math.abs(mean(drawn)) / deviation).toBeLessThan(0.03);
    expect(found / deviation).toBeCloseTo(1, 1.6); // within 1.3 %
    expect(mean(drawn.map((value) => value ** 4)) / found ** 4).toBeCloseTo(kurtosis, 0.6); // within 0.13
    const most = Math.max(...drawn.map(Math.abs));
    expect(most).toBeLessThanOrEqual(largest * (1 + 1e-6));
    if (Number.isFinite(largest)) expect(most).toBeGreaterThan(0.99 * largest);
  });

  it("takes one seed, which decides on all values", () => {
    const next = seeds(5);
    const drawn = values(make(next), [2, 8]);
    expect(next()).toBe(6);
    expect(values(make(seeds(5)), [2, 8])).toEqual(drawn);
    expect(values(make(seeds(6)), [2, 8])).not.toEqual(drawn);
  });

  it("gives zeros where only layers are looked at", () => {
    expect(new Set(values(make(zeroWeights), [2, 8]))).toEqual(new Set([0]));
  });
});

it.each([
  ["a dense layer", [300, 200], 300],
  ["a convolution along one axis", [5, 60, 200], 300],
  ["a convolution of three dimensions", [2, 3, 5, 10, 100], 300],
])("counts the inputs of %s", (_, shape, inputs) => {
  const spread = Math.sqrt(mean(values(heNormal(seeds(1)), shape).map((value) => value ** 2)));
  expect(spread / Math.sqrt(2 / inputs)).toBeCloseTo(1, 1.6);
});

it("a standard deviation of 0 is 0, and one below is refused", () => {
  for (const make of [normal, truncatedNormal]) {
    const next = seeds(1);
    expect(new Set(values(make(0, next), [4]))).toEqual(new Set([0]));
    expect(next()).toBe(2);
    expect(() => make(-1, next)).toThrow("needs a standard deviation of 0 or more, such as 0.05, but was given -1.");
  }
});
