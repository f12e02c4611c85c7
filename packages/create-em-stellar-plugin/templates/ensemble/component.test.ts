import type { ProbabilityMap, RasterData } from "@em-stellar/core";
import { expect, it } from "vitest";
import { newEnsemble } from "./component.js";

const map = (data: RasterData, maximum: number): ProbabilityMap => ({ width: data.length, height: 1, data, maximum });

it("takes the highest probability of each pixel, whatever the maps' number formats", () => {
  const { data, maximum, threshold } = newEnsemble().combine([
    map(Float32Array.of(0.25, 0, 0.5), 1),
    map(Uint8Array.of(0, 255, 51), 255), // 51 / 255 = 0.2
  ]);
  expect([...data]).toEqual([0.25, 1, 0.5]);
  expect([maximum, threshold]).toEqual([1, 0.5]);
});

it("needs members of one size", () => {
  expect(() => newEnsemble().combine([])).toThrow("Give it one map for each member.");
  expect(() => newEnsemble().combine([map(new Uint8Array(2), 1), map(new Uint8Array(3), 1)])).toThrow(/2 × 1.*3 × 1/);
});
