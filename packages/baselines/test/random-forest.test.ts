import { createRandom } from "@em-stellar/core";
import { describe, expect, it } from "vitest";
import { binned, thresholdOf } from "../src/bins.js";
import { forestShares, growForest } from "../src/random-forest.js";

const columns = (...rows: number[][]) => (rows[0] ?? []).map((_, f) => Float32Array.from(rows, (row) => row[f] ?? 0));
const options = { trees: 30, depth: 20, leaf: 1 };
const grow = (rows: number[][], classes: number[], more: Partial<typeof options> = {}, seed = 1) =>
  growForest(
    { columns: columns(...rows), classes: Uint8Array.from(classes), weights: [1, 1] },
    { ...options, ...more },
    createRandom(seed),
  );

describe("steps of values", () => {
  it("part every two values where there are few, halfway between them", () => {
    const bins = binned(Float32Array.of(5, 1, 5, 9, 1));
    expect([...bins.codes]).toEqual([1, 0, 1, 2, 0]);
    expect([thresholdOf(bins, 0), thresholdOf(bins, 1)]).toEqual([3, 7]);
  });

  it("find the one value that differs among many", () => {
    const bins = binned(Float32Array.from({ length: 1001 }, (_, i) => (i === 1000 ? 1 : 0)));
    expect(bins.count).toBe(2);
    expect(bins.codes[1000]).toBe(1);
  });

  it("hold about as many values each", () => {
    const random = createRandom(1);
    const { codes, count } = binned(Float32Array.from({ length: 10000 }, () => random.normal()));
    const sizes = new Uint32Array(count);
    for (const code of codes) sizes[code] = (sizes[code] as number) + 1;
    expect(count).toBe(256);
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(38);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(41);
  });

  it("never put a threshold at or above the higher value, even between neighbouring floats", () => {
    const above = Math.fround(1 + 2 ** -23);
    expect(thresholdOf(binned(Float32Array.of(1, above)), 0)).toBeLessThan(above);
  });
});

describe("a random forest", () => {
  const xor = [0, 1, 2, 3].flatMap((i) => Array.from({ length: 25 }, () => [i & 1, i >> 1]));
  const classes = xor.map(([a, b]) => +(a !== b));

  it("learns what no single feature tells", () => {
    const forest = grow(xor, classes);
    expect([...forestShares(forest, columns([0, 0], [0, 1], [1, 0], [1, 1]))].map(Math.round)).toEqual([0, 1, 1, 0]);
  });

  it("gives the share of the object where nothing tells rows apart", () => {
    const same = Array.from({ length: 400 }, () => [1]);
    const forest = grow(
      same,
      same.map((_, i) => +(i % 4 === 0)),
    );
    expect(forestShares(forest, columns([1]))[0]).toBeCloseTo(0.25, 1);
  });

  it("weighs classes: a tenth of the rows that count nine times are half", () => {
    const same = Array.from({ length: 1000 }, () => [1]);
    const forest = growForest(
      { columns: columns(...same), classes: Uint8Array.from(same, (_, i) => +(i % 10 === 0)), weights: [1, 9] },
      options,
      createRandom(1),
    );
    expect(forestShares(forest, columns([1]))[0]).toBeCloseTo(0.5, 1);
  });

  it("says which features it decides by", () => {
    const random = createRandom(3);
    const rows = Array.from({ length: 300 }, () => [random.next(), random.next(), random.next()]);
    const { importances } = grow(
      rows,
      rows.map(([, b]) => +((b as number) > 0.5)),
    );
    expect(importances.indexOf(Math.max(...importances))).toBe(1);
    expect(importances.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 12);
  });

  it("keeps the depth and the size of a leaf", () => {
    const random = createRandom(4);
    const rows = Array.from({ length: 64 }, () => [random.next()]);
    const noise = rows.map(() => random.integer(2));
    for (const { feature } of grow(rows, noise, { depth: 1 }).trees) expect(feature.length).toBeLessThanOrEqual(3);
    for (const { feature } of grow(rows, noise, { leaf: 33 }).trees) expect([...feature]).toEqual([-1]);
  });

  it("is the same from the same seed, and another from another", () => {
    const random = createRandom(5);
    const rows = Array.from({ length: 200 }, () => [random.next(), random.next()]);
    const noisy = rows.map(([a]) => +((a as number) + random.next() > 1));
    const at = (seed: number) => [...forestShares(grow(rows, noisy, {}, seed), columns(...rows))];
    expect(at(1)).toEqual(at(1));
    expect(at(1)).not.toEqual(at(2));
  });
});
