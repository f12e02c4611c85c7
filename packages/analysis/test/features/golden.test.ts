import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-wasm";
import { readFileSync } from "node:fs";
import { networkFeaturesSchema } from "@em-stellar/core";
import * as tf from "@tensorflow/tfjs-core";
import { input, layers, model, type SymbolicTensor } from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it } from "vitest";
import { correlateRows } from "../../src/features/correlate-rows.js";
import { correlateFeatures } from "../../src/features/index.js";
import { noPairs, type PairCounts } from "../../src/features/pair-counts.js";
import { standardizeInto } from "../../src/features/standardize.js";

// numpy's values, see scripts/golden/features.py.
const golden = JSON.parse(readFileSync(new URL("../fixtures/features.json", import.meta.url), "utf8"));

/** The network of the script, with its weights. */
function network() {
  const image = input({ name: "image", shape: [null, null, 1] });
  const convolution = (name: string, filters: number, kernelSize: number, activation?: "relu" | "sigmoid") =>
    layers.conv2d({ name, filters, kernelSize, padding: "same", ...(activation && { activation }) });
  const encoder = convolution("encoder", 5, 3, "relu").apply(image) as SymbolicTensor;
  const pooled = layers.maxPooling2d({ poolSize: 2, strides: 2 }).apply(encoder) as SymbolicTensor;
  const bottom = convolution("bottom", 6, 3).apply(pooled) as SymbolicTensor;
  const active = layers.activation({ name: "bottom-relu", activation: "relu" }).apply(bottom) as SymbolicTensor;
  const up = layers.upSampling2d({ size: [2, 2] }).apply(active) as SymbolicTensor;
  const joined = layers.concatenate().apply([encoder, up]) as SymbolicTensor;
  const decoder = convolution("decoder", 4, 3, "relu").apply(joined) as SymbolicTensor;
  const probability = convolution("probability", 1, 1, "sigmoid").apply(decoder) as SymbolicTensor;
  const built = model({ name: "golden", inputs: image, outputs: probability });
  for (const [name, { kernel, bias }] of Object.entries<{ kernel: number[]; bias: number[] }>(golden.weights)) {
    const layer = built.getLayer(name);
    layer.setWeights([tf.tensor(kernel, layer.weights[0]?.shape as number[]), tf.tensor1d(bias)]);
  }
  return built;
}

describe.each(["cpu", "wasm"])("on %s", (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
  });

  it("coefficients are numpy's corrcoef to 1e-5", async () => {
    const [count, positions] = [golden.maps.length, golden.maps[0].length];
    const rows = new Float32Array(count * positions);
    const interleaved = tf.tidy(() => tf.transpose(tf.tensor2d(golden.maps)).dataSync()) as Float32Array;
    expect(standardizeInto(rows, 0, interleaved, count)).toEqual({ varying: count, constant: [] });
    const counts = new Map<string, PairCounts>();
    await correlateRows(
      rows,
      positions,
      Array.from({ length: count }, (_, i) => ({ block: i, start: i, count: 1 })),
      {
        tile: 4,
        threshold: 0.9,
        onProduct: async () => {},
        countsOf: (a, b) => {
          const own = counts.get(`${a} ${b}`) ?? noPairs(2);
          counts.set(`${a} ${b}`, own);
          return own;
        },
      },
    );
    let compared = 0;
    for (let a = 0; a < count; a++) {
      for (let b = a + 1; b < count; b++) {
        const { sumAbs, histogram, pairs } = counts.get(`${a} ${b}`) as PairCounts;
        const r = golden.matrix[a][b];
        expect(pairs).toBe(1);
        expect(Math.abs(sumAbs - Math.abs(r))).toBeLessThan(1e-5);
        expect(histogram).toEqual(r < 0 ? [1, 0] : [0, 1]);
        compared++;
      }
    }
    expect(compared).toBe(21);
  });

  it("of a network's feature maps, blocks, counts and twins are as numpy's", async () => {
    const { height, width, threshold, bins } = golden;
    const images = golden.images.map((data: number[]) => ({
      height,
      width,
      channels: 1,
      data: Float32Array.from(data),
    }));
    const built = network();
    const before = tf.memory().numTensors;
    const { features, grids, sheets } = await correlateFeatures(built, images, { threshold, bins, thumbnails: 3 });
    expect(tf.memory().numTensors).toBe(before);
    expect(networkFeaturesSchema.parse(features)).toEqual(features);
    expect(grids).toEqual([
      { height: 8, width: 12 },
      { height: 8, width: 12 },
    ]);
    expect(features).toMatchObject({ channels: 16, maps: 32 });
    expect(
      features.blocks.map(({ name, channels, constantMaps, dead, twins }) => [
        name,
        channels,
        constantMaps,
        dead,
        twins,
      ]),
    ).toEqual([
      ["encoder 1/1", 5, 2, 1, 4],
      ["bottleneck", 6, 0, 0, 0],
      ["decoder 1/1", 5, 2, 1, 0],
    ]);
    expect(features.blocks.map(({ layers }) => layers)).toEqual([
      [{ name: "encoder", channels: 5 }],
      [{ name: "bottom-relu", channels: 6 }],
      [
        { name: "decoder", channels: 4 },
        { name: "probability", channels: 1 },
      ],
    ]);
    expect(features.pairs.map(({ meanAbs: _, ...counts }) => counts)).toEqual(
      golden.pairs.map(({ meanAbs: _, ...counts }: { meanAbs: number }) => counts),
    );
    golden.pairs.forEach(({ meanAbs }: { meanAbs: number }, i: number) => {
      expect(Math.abs((features.pairs[i]?.meanAbs ?? 0) - meanAbs)).toBeLessThan(1e-5);
    });
    for (const name of ["meanAbs", "above", "twins"] as const) {
      expect(features.redundancy[name]).toBeCloseTo(golden.redundancy[name], 5);
    }
    expect(sheets.map(({ channels }) => channels)).toEqual([
      [0, 2, 4],
      [1, 3, 5],
      [0, 2, 4],
    ]);
    built.dispose();
  });
});
