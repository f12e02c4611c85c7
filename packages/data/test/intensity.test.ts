import { createRequire } from "node:module";
import { dirname } from "node:path";
import { createRandom } from "@em-stellar/core";
import {
  changeIntensity,
  changesIntensity,
  drawIntensity,
  type Intensity,
  type IntensityOptions,
  steadyIntensity,
} from "@em-stellar/data/augmentation";
import "@tensorflow/tfjs-backend-cpu";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { memory, ready, setBackend, tensor4d } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";

const quiet = { deviation: 0, seed: 1 };
const still: Intensity = {
  blur: 0,
  brightness: 0,
  contrast: 1,
  gamma: 1,
  noise: quiet,
  rows: [0, -1],
  columns: [0, -1],
};
const square = [0, 1, 2, 3, 4, 5, 6, 7, 8];

/** The values of 3 × 3 images after a change of each. */
function changed(options: Partial<IntensityOptions>, draws: readonly Partial<Intensity>[], values = square): number[] {
  const images = tensor4d(
    draws.flatMap(() => values),
    [draws.length, 3, 3, 1],
  );
  const all = draws.map((draw) => ({ ...still, ...draw }));
  const after = changeIntensity(images, all, { ...steadyIntensity, ...options });
  const found = [...after.dataSync()].map((value) => Math.round(value * 1e4) / 1e4 + 0);
  images.dispose();
  after.dispose();
  return found;
}

describe.each(["wasm", "cpu"])("grey values on %s", (backend) => {
  beforeAll(async () => {
    setWasmPaths(`${dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm"))}/`);
    await setBackend(backend);
    await ready();
  });

  it("stay as they are where all is off, whatever is drawn", () => {
    const noise = { deviation: 2, seed: 3 };
    const wild = { blur: 2, brightness: 3, contrast: 0.5, gamma: 2, noise, rows: [0, 2], columns: [0, 2] } as const;
    expect(changed({}, [wild])).toEqual(square);
    expect(changed({ blur: 1, brightness: 1, contrast: 0.5, gamma: 1, noise: 1, cutOut: 1 }, [{}])).toEqual(square);
  });

  it("rise by the brightness, differ from their mean by the contrast, each image by its own draw", () => {
    expect(changed({ brightness: 1 }, [{ brightness: 0.5 }, { brightness: -1 }])).toEqual([
      ...square.map((value) => value + 0.5),
      ...square.map((value) => value - 1),
    ]);
    expect(changed({ contrast: 0.5 }, [{ contrast: 1.5 }, { contrast: 0.5 }])).toEqual([
      ...square.map((value) => 4 + 1.5 * (value - 4)),
      ...square.map((value) => 4 + 0.5 * (value - 4)),
    ]);
  });

  it("follow the gamma curve between their lowest and their highest", () => {
    // (value / 8)² · 8
    expect(changed({ gamma: 1 }, [{ gamma: 2 }])).toEqual([0, 0.125, 0.5, 1.125, 2, 3.125, 4.5, 6.125, 8]);
    expect(changed({ gamma: 1 }, [{ gamma: 2 }], new Array(9).fill(5))).toEqual(new Array(9).fill(5));
  });

  it("are 0 in the hole, and only there", () => {
    expect(changed({ cutOut: 1 }, [{ rows: [1, 2], columns: [0, 1] }])).toEqual([0, 1, 2, 0, 0, 5, 0, 0, 8]);
  });

  it("get noise of the deviation that is drawn, by the seed alone, each image by its own", () => {
    const flat = tensor4d(new Array(2 * 64 * 64).fill(5), [2, 64, 64, 1]);
    const noisy = (...noise: Intensity["noise"][]) => {
      const draws = noise.map((each) => ({ ...still, noise: each }));
      const after = changeIntensity(flat, draws, { ...steadyIntensity, noise: 1 });
      const values = [...after.dataSync()];
      after.dispose();
      return [values.slice(0, 64 * 64), values.slice(64 * 64)] as const;
    };
    const [a, b] = noisy({ deviation: 0.5, seed: 1 }, { deviation: 2, seed: 2 });
    for (const [values, deviation] of [
      [a, 0.5],
      [b, 2],
    ] as const) {
      const mean = values.reduce((sum, value) => sum + value / values.length, 0);
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2 / values.length, 0);
      expect(Math.abs(mean - 5)).toBeLessThan((4 * deviation) / 64); // four standard errors
      expect(Math.sqrt(variance) / deviation).toBeCloseTo(1, 1);
    }
    const [again, quieter] = noisy({ deviation: 0.5, seed: 1 }, { deviation: 1, seed: 2 });
    expect(again).toEqual(a);
    for (const [i, value] of quieter.entries()) expect(value - 5).toBeCloseTo(((b[i] as number) - 5) / 2, 4);
    flat.dispose();
  });

  it("are blurred by a Gaussian, mirrored at the edges, which keeps their sum", () => {
    const point = [0, 0, 0, 0, 1, 0, 0, 0, 0];
    // Weights 1, a = exp(−2), b = exp(−8) to each side for sigma 0.5; at the edge, what lies outside comes back.
    const [a, b] = [Math.exp(-2), Math.exp(-8)];
    const total = 1 + 2 * a + 2 * b;
    const [edge, middle] = [(a + b) / total, 1 / total];
    const row = [edge, middle, edge];
    const found = changed({ blur: 0.5 }, [{ blur: 0.5 }, { blur: 0 }], point);
    for (const [i, value] of found.slice(0, 9).entries()) {
      expect(value).toBeCloseTo((row[Math.floor(i / 3)] as number) * (row[i % 3] as number), 3);
    }
    expect(found.slice(9)).toEqual(point);
    expect(found.slice(0, 9).reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 3);
  });

  it("leave one tensor behind", () => {
    const images = tensor4d(square, [1, 3, 3, 1]);
    const before = memory().numTensors;
    const after = changeIntensity(images, [still], {
      blur: 1,
      brightness: 1,
      contrast: 0.5,
      gamma: 1,
      noise: 1,
      cutOut: 0.5,
    });
    expect(memory().numTensors).toBe(before + 1);
    expect(images.isDisposed).toBe(false);
    after.dispose();
    images.dispose();
  });
});

describe("drawIntensity", () => {
  it("keeps to the ranges, and is steady where all is off", () => {
    const options = { blur: 2, brightness: 0.5, contrast: 0.2, gamma: 0.5, noise: 0.3, cutOut: 0.25 };
    const random = createRandom(3);
    const draws = Array.from({ length: 2000 }, () => drawIntensity(random, options, 64));
    const within = (pick: (draw: Intensity) => number, low: number, high: number) => {
      const values = draws.map(pick);
      expect(Math.min(...values)).toBeGreaterThanOrEqual(low);
      expect(Math.max(...values)).toBeLessThanOrEqual(high);
      expect(Math.max(...values) - Math.min(...values)).toBeGreaterThan(0.9 * (high - low));
    };
    within(({ blur }) => blur, 0, 2);
    within(({ brightness }) => brightness, -0.5, 0.5);
    within(({ contrast }) => contrast, 0.8, 1.2);
    within(({ gamma }) => gamma, 1 / 1.5, 1.5);
    within(({ noise }) => noise.deviation, 0, 0.3);
    expect(new Set(draws.map(({ noise }) => noise.seed)).size).toBeGreaterThan(1990);
    within(({ rows: [first, last] }) => last - first + 1, 0, 16);
    within(({ columns: [first] }) => first, 0, 64);
    for (const { rows, columns } of draws) {
      expect(rows[1] - rows[0]).toBe(columns[1] - columns[0]);
      expect(Math.max(rows[1], columns[1])).toBeLessThan(64);
    }
    const { rows, columns, noise, ...steady } = drawIntensity(random, steadyIntensity, 64);
    expect(steady).toEqual({ blur: 0, brightness: 0, contrast: 1, gamma: 1 });
    expect(noise.deviation).toBe(0);
    expect(rows[1] < rows[0] && columns[1] < columns[0]).toBe(true);
  });

  it("depends on the stream alone, and takes as many numbers whatever is on", () => {
    const [one, other] = [createRandom(5), createRandom(5)];
    const all = { blur: 2, brightness: 0.5, contrast: 0.2, gamma: 0.5, noise: 0.3, cutOut: 0.25 };
    expect(drawIntensity(createRandom(5), all, 64)).toEqual(drawIntensity(one, all, 64));
    drawIntensity(other, steadyIntensity, 64);
    expect(one.state()).toEqual(other.state());
    expect([changesIntensity(all), changesIntensity(steadyIntensity)]).toEqual([true, false]);
  });
});
