import "@tensorflow/tfjs-backend-cpu";
import { createRandom } from "@em-stellar/core";
import * as tf from "@tensorflow/tfjs-core";
import { input, type LayersModel, layers, model, type SymbolicTensor } from "@tensorflow/tfjs-layers";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { complexity } from "../../src/complexity/complexity.js";
import { blocksOf } from "../../src/features/blocks.js";
import { pickEvenly } from "../../src/features/contact-sheet.js";
import { correlateRows } from "../../src/features/correlate-rows.js";
import { featureLayers } from "../../src/features/feature-layers.js";
import { commonGrid, correlateFeatures, type FeatureProgress } from "../../src/features/index.js";
import { noPairs, type PairCounts } from "../../src/features/pair-counts.js";
import { resample } from "../../src/features/resample.js";
import { runGraph } from "../../src/features/run-graph.js";
import { standardizeInto } from "../../src/features/standardize.js";
import { modelGraph } from "../../src/model-graph/model-graph.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
});

function imageOf(height: number, width: number, seed = 1) {
  const random = createRandom(`image ${seed}`);
  return { height, width, channels: 1, data: Float32Array.from({ length: height * width }, () => random.normal()) };
}

describe("which channels count, and in which block", () => {
  const blocksOfModel = (built: LayersModel, height: number, width = height) => {
    const graph = modelGraph(built, [height, width, 1]);
    return blocksOf(graph, featureLayers(graph)).map(({ name, layers }) => [
      name,
      ...layers.map(({ name, channels }) => `${name} ${channels}`),
    ]);
  };
  const conv = (name: string, filters: number, strides = 1) =>
    layers.conv2d({ name, filters, kernelSize: 3, padding: "same", strides });

  it("a convolution counts after what follows it alone, up to where it is read twice", () => {
    const image = input({ shape: [8, 8, 1] });
    const chain = [
      conv("a", 4),
      layers.batchNormalization(),
      layers.activation({ activation: "relu" }),
      layers.dropout({ name: "a-dropout", rate: 0.5 }),
    ];
    const a = chain.reduce((x, layer) => layer.apply(x) as SymbolicTensor, image);
    const pooled = layers.maxPooling2d({ poolSize: 2, strides: 2 }).apply(a) as SymbolicTensor;
    const b = conv("b", 3).apply(pooled) as SymbolicTensor;
    const up = layers.upSampling2d({ size: [2, 2] }).apply(b) as SymbolicTensor;
    const joined = layers.concatenate().apply([a, up]) as SymbolicTensor;
    // An activation of channels that have been counted makes others of them; a normalisation or dropout alone does not.
    const normalized = layers.batchNormalization({ name: "norm" }).apply(joined) as SymbolicTensor;
    const active = layers.reLU({ name: "active" }).apply(normalized) as SymbolicTensor;
    const dropped = layers.dropout({ name: "dropped", rate: 0.5 }).apply(joined) as SymbolicTensor;
    const c = conv("c", 7).apply(active) as SymbolicTensor;
    const d = conv("d", 7).apply(dropped) as SymbolicTensor;
    const sum = layers.add({ name: "sum" }).apply([c, d]) as SymbolicTensor;
    const output = layers.activation({ name: "probability", activation: "sigmoid" }).apply(sum) as SymbolicTensor;
    const built = model({ inputs: image, outputs: output });
    expect(blocksOfModel(built, 8)).toEqual([
      ["encoder 1/1", "a-dropout 4"],
      ["bottleneck", "b 3"],
      ["decoder 1/1", "d 7", "active 7", "c 7", "probability 7"], // the branch that is named last runs first
    ]);
    built.dispose();
  });

  it("sizes that do not divide count as the nearest, encoder is what leads to the bottleneck", () => {
    const image = input({ shape: [null, null, 1] });
    const stem = conv("stem", 2, 2).apply(image) as SymbolicTensor; // 51 → 26
    const bottom = conv("bottom", 2, 2).apply(stem) as SymbolicTensor; // 13
    const back = layers.upSampling2d({ size: [2, 2] }).apply(bottom) as SymbolicTensor;
    const side = conv("side", 2).apply(stem) as SymbolicTensor; // of the encoder's size, but leads nowhere down
    const built = model({ inputs: image, outputs: layers.add({ name: "sum" }).apply([back, side]) as SymbolicTensor });
    expect(blocksOfModel(built, 51, 51)).toEqual([
      ["encoder 1/2", "stem 2"],
      ["bottleneck", "bottom 2"],
      ["decoder 1/2", "side 2", "sum 2"],
    ]);
    built.dispose();
  });

  it("maps of one size make one block; maps of one pixel do not count", () => {
    const image = input({ shape: [8, 8, 1] });
    const first = layers.conv2d({ filters: 3, kernelSize: 3, padding: "same" }).apply(image) as SymbolicTensor;
    const squeezed = layers.conv2d({ filters: 4, kernelSize: 8 }).apply(first) as SymbolicTensor;
    const output = layers.conv2d({ filters: 1, kernelSize: 1, name: "last" }).apply(first) as SymbolicTensor;
    const flat = model({ inputs: image, outputs: [output, squeezed] });
    expect(blocksOfModel(flat, 8)).toEqual([["all layers", expect.stringMatching(/ 3$/), "last 1"]]);
    flat.dispose();
  });
});

describe("bringing maps to one size", () => {
  it("averages, by parts of pixels where sizes do not divide", async () => {
    const maps = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], [1, 2, 6, 1]);
    expect(await resample(maps, { height: 1, width: 3 }).data()).toEqual(Float32Array.of(4.5, 6.5, 8.5));
    // Columns 1 to 6 in 4 parts of 1.5 pixels: (1 + 2/2) / 1.5, (2/2 + 3) / 1.5, …
    const quarters = await resample(maps, { height: 2, width: 4 }).data();
    [4 / 3, 8 / 3, 13 / 3, 17 / 3].forEach((value, i) => {
      expect(quarters[i]).toBeCloseTo(value, 6);
      expect(quarters[4 + i]).toBeCloseTo(value + 6, 5);
    });
    expect(await resample(maps, { height: 2, width: 6 }).data()).toEqual(await maps.data());
  });

  it("both ways agree where both can go, and a larger size repeats pixels", async () => {
    const maps = tf.randomNormal([1, 12, 8, 3], 0, 1, "float32", 7) as tf.Tensor4D;
    const averaged = resample(maps, { height: 4, width: 4 });
    // By products: to 5 × 8 is no whole share, and from there the means of all rows are those of 4 × 4.
    const mean = async (t: tf.Tensor) => (await tf.mean(t, [1, 2]).data()) as Float32Array;
    const uneven = await mean(resample(maps, { height: 5, width: 7 }));
    (await mean(averaged)).forEach((value, i) => {
      expect(uneven[i]).toBeCloseTo(value, 5);
    });
    const larger = resample(tf.tensor4d([1, 2], [1, 1, 2, 1]), { height: 2, width: 4 });
    expect(await larger.data()).toEqual(Float32Array.of(1, 1, 2, 2, 1, 1, 2, 2));
  });
});

describe("standardising", () => {
  it("leaves constant maps out, also such as differ by rounding only", () => {
    const rows = new Float32Array(4 * 4).fill(9);
    // Channels: 0 to 3; all 5; 1000 but for rounding; a single 1.
    const maps = Float32Array.of(0, 5, 1000, 0, 1, 5, 1000.0001, 0, 2, 5, 1000, 0, 3, 5, 1000, 1);
    expect(standardizeInto(rows, 1, maps, 4)).toEqual({ varying: 2, constant: [1, 2] });
    const root = Math.sqrt(5); // of the sum of (−1.5)², (−0.5)², 0.5², 1.5²
    [-1.5 / root, -0.5 / root, 0.5 / root, 1.5 / root].forEach((value, i) => {
      expect(rows[4 + i]).toBeCloseTo(value, 6);
    });
    expect([...rows.subarray(0, 4), ...rows.subarray(12)]).toEqual(new Array(8).fill(9));
  });

  it("says where a value is no finite number", () => {
    expect(standardizeInto(new Float32Array(2), 0, Float32Array.of(1, Number.NaN), 1)).toBeUndefined();
    expect(standardizeInto(new Float32Array(2), 0, Float32Array.of(1, Number.POSITIVE_INFINITY), 1)).toBeUndefined();
  });
});

describe("pairs", () => {
  const positions = 16;
  /** Standardised random rows, some alike. */
  const rowsOf = (seed: number, count: number) => {
    const random = createRandom(`rows ${seed}`);
    const maps = Array.from({ length: count }, () => Array.from({ length: positions }, () => random.normal()));
    return maps.map((map, i) => (i % 5 === 4 ? (maps[i - 1] as number[]).map((value) => 2 - 3 * value) : map));
  };
  async function countPairs(maps: readonly number[][], sizes: readonly number[], tile: number) {
    const rows = new Float32Array(maps.length * positions);
    maps.forEach((map, i) => {
      standardizeInto(rows, i, Float32Array.from(map), 1);
    });
    const counts = sizes.map(() => sizes.map(() => noPairs(50)));
    let start = 0;
    const ranges = sizes.map((count, block) => {
      start += count;
      return { block, start: start - count, count };
    });
    const largest = await correlateRows(rows, positions, ranges, {
      tile,
      threshold: 0.9,
      countsOf: (a, b) => {
        expect(a).toBeLessThanOrEqual(b);
        return counts[a]?.[b] as PairCounts;
      },
      onProduct: async () => {},
    });
    return { counts, largest };
  }

  it("tiles change nothing, whatever their size", async () => {
    const maps = rowsOf(1, 23);
    const whole = await countPairs(maps, [9, 0, 14], 512);
    for (const tile of [1, 2, 5, 9]) {
      const tiled = await countPairs(maps, [9, 0, 14], tile);
      expect(tiled.largest).toEqual(whole.largest);
      tiled.counts.flat().forEach(({ sumAbs, ...counted }, i) => {
        const { sumAbs: expected, ...others } = whole.counts.flat()[i] as PairCounts;
        expect(counted).toEqual(others);
        expect(sumAbs).toBeCloseTo(expected, 10);
      });
    }
  });

  it("each pair counts once: n (n − 1) / 2 within, n · m between, and so says the histogram", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 6 }),
        async (n, m, tile) => {
          const { counts } = await countPairs(rowsOf(2, n + m), [n, m], tile);
          const of = (a: number, b: number) => counts[a]?.[b] as PairCounts;
          expect([of(0, 0).pairs, of(0, 1).pairs, of(1, 1).pairs]).toEqual([
            (n * (n - 1)) / 2,
            n * m,
            (m * (m - 1)) / 2,
          ]);
          for (const { pairs, histogram } of counts.flat())
            expect(histogram.reduce((sum, bin) => sum + bin, 0)).toBe(pairs);
        },
      ),
      { numRuns: 25 },
    );
  });

  it("the order of channels within a block does not matter", async () => {
    const maps = rowsOf(3, 12);
    const { counts } = await countPairs(maps, [5, 7], 4);
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 }), async (order) => {
        const shuffled = [...order.map((i) => maps[i] as number[]), ...maps.slice(5).reverse()];
        const { counts: again } = await countPairs(shuffled, [5, 7], 4);
        again.flat().forEach(({ sumAbs, ...counted }, i) => {
          const { sumAbs: expected, ...others } = counts.flat()[i] as PairCounts;
          expect(counted).toEqual(others);
          expect(sumAbs).toBeCloseTo(expected, 10);
        });
      }),
      { numRuns: 20 },
    );
  });

  it("the device holds tiles, never the whole matrix", async () => {
    const [count, tile] = [600, 32];
    const rows = Float32Array.from({ length: count * positions }, (_, i) => Math.sin(i * i) / 4);
    const counts = noPairs(10);
    const before = tf.memory().numBytes;
    const { peakBytes } = await tf.profile(async () => {
      await correlateRows(rows, positions, [{ block: 0, start: 0, count }], {
        tile,
        threshold: 0.9,
        countsOf: () => counts,
        onProduct: async () => {},
      });
      return tf.scalar(0);
    });
    expect(counts.pairs).toBe((count * (count - 1)) / 2);
    // Two tiles, one of them turned too, and their product; the matrix would be 1.4 MB.
    expect(peakBytes - before).toBeLessThanOrEqual(4 * (4 * tile * positions + 2 * tile ** 2));
  });
});

/** Encoder, bottleneck and decoder of one convolution each, all weights random. */
function smallNetwork(filters = 4, down = 2): LayersModel {
  const image = input({ name: "image", shape: [null, null, 1] });
  const convolution = (name: string, count: number, x: SymbolicTensor) =>
    layers
      .conv2d({ name, filters: count, kernelSize: 3, padding: "same", activation: "relu", biasInitializer: "ones" })
      .apply(x) as SymbolicTensor;
  const encoder = convolution("encoder", filters, image);
  const pooled = layers.maxPooling2d({ poolSize: down, strides: down }).apply(encoder) as SymbolicTensor;
  const up = layers.upSampling2d({ size: [down, down] }).apply(convolution("bottom", 3, pooled)) as SymbolicTensor;
  const joined = layers.concatenate().apply([encoder, up]) as SymbolicTensor;
  return model({ name: "small", inputs: image, outputs: convolution("decoder", 2, joined) });
}

/** Two levels down and up, two normalised convolutions on each. */
function deepNetwork(): LayersModel {
  const image = input({ name: "image", shape: [null, null, 1] });
  const twice = (filters: number, x: SymbolicTensor) =>
    [1, 2].reduce((y) => {
      const convolved = layers.conv2d({ filters, kernelSize: 3, padding: "same" }).apply(y);
      const normalized = layers.batchNormalization().apply(convolved);
      return layers.activation({ activation: "relu" }).apply(normalized) as SymbolicTensor;
    }, x);
  const down = (x: SymbolicTensor) => layers.maxPooling2d({ poolSize: 2, strides: 2 }).apply(x) as SymbolicTensor;
  const up = (x: SymbolicTensor, skip: SymbolicTensor) =>
    layers
      .concatenate()
      .apply([skip, layers.upSampling2d({ size: [2, 2] }).apply(x) as SymbolicTensor]) as SymbolicTensor;
  const first = twice(2, image);
  const second = twice(4, down(first));
  const deepest = twice(8, down(second));
  const output = twice(2, up(twice(4, up(deepest, second)), first));
  return model({ name: "deep", inputs: image, outputs: output });
}

describe("the features of a network", () => {
  it("filters that are alike are twins at r = 1, and a dead one is in no pair", async () => {
    const built = smallNetwork(4);
    const [kernel] = built.getLayer("encoder").getWeights() as [tf.Tensor4D];
    const [one, two] = [tf.slice(kernel, [0, 0, 0, 0], [3, 3, 1, 1]), tf.slice(kernel, [0, 0, 0, 1], [3, 3, 1, 1])];
    built
      .getLayer("encoder")
      .setWeights([tf.concat([one, two, tf.mul(one, 2), two], 3), tf.tensor1d([0.5, 0.5, 1, -1e4])]);
    const { features, sheets } = await correlateFeatures(built, [imageOf(16, 16)], { bins: 4 });
    const [encoder] = features.blocks;
    expect(encoder).toMatchObject({ channels: 4, dead: 1, constantMaps: 1 });
    // Channels 0 and 2 are alike but for scale; three varying channels are three pairs.
    const [within] = features.pairs;
    expect(within).toMatchObject({ blocks: [0, 0], pairs: 3 });
    expect(within?.above).toBeGreaterThanOrEqual(1);
    expect(encoder?.twins).toBeGreaterThanOrEqual(2);
    expect(features.pairs.map(({ pairs }) => pairs)).toEqual([3, 9, 6, 3, 6, 1]);
    // On the sheet the two are one picture, and the dead one is crossed out.
    const sheet = sheets[0] as (typeof sheets)[number];
    expect([sheet.columns, sheet.width, sheet.height]).toEqual([4, 4 * 64 + 3 * 4, 64]);
    const grey = (picture: number, y: number, x: number) => sheet.data[2 * (y * sheet.width + picture * 68 + x)];
    const gap = sheet.data[2 * 65 + 1];
    expect(gap).toBe(0);
    for (let i = 0; i < 64; i += 7) {
      expect(Math.abs((grey(0, i, 9) ?? 0) - (grey(2, i, 9) ?? 0))).toBeLessThanOrEqual(1);
      expect(grey(3, i, i)).toBe(60);
    }
    expect(grey(3, 32, 5)).toBe(140);
    built.dispose();
  });

  it("counts pairs within each image, over all images, and tells how far it is", async () => {
    const built = smallNetwork(3);
    const told: FeatureProgress[] = [];
    const images = [imageOf(16, 16, 1), imageOf(8, 24, 2)];
    const { features, grids } = await correlateFeatures(built, images, {
      tile: 2,
      onProgress: (p) => void told.push(p),
    });
    expect(features).toMatchObject({ channels: 8, maps: 16 });
    const alone = await Promise.all(images.map((image) => correlateFeatures(built, [image])));
    features.pairs.forEach(({ pairs, histogram }, i) => {
      const each = alone.map(({ features }) => features.pairs[i]);
      expect(pairs).toBe(each.reduce((sum, one) => sum + (one?.pairs ?? 0), 0));
      expect(histogram).toEqual(
        histogram.map((_, bin) => each.reduce((sum, one) => sum + (one?.histogram[bin] ?? 0), 0)),
      );
    });
    expect(grids).toEqual([
      { height: 8, width: 8 },
      { height: 4, width: 12 },
    ]);
    expect(told.map(({ done }) => done)).toEqual(told.map(({ done }) => done).toSorted((a, b) => a - b));
    expect(told.at(-1)).toEqual({ image: 1, done: told[0]?.total, total: told[0]?.total });
    built.dispose();
  });

  it("a grid for several models is that of the smallest map, at most 64 long", () => {
    const [once, thrice] = [smallNetwork(4, 2), smallNetwork(4, 8)];
    const image = { height: 64, width: 96, channels: 1 };
    expect(commonGrid([once], image)).toEqual({ height: 32, width: 48 });
    expect(commonGrid([once, thrice], image)).toEqual({ height: 8, width: 12 });
    expect(commonGrid([once], { ...image, width: 256 })).toEqual({ height: 16, width: 64 });
    once.dispose();
    thrice.dispose();
  });

  it("computes what predict does, holding no more than a prediction needs", async () => {
    const built = deepNetwork();
    const image = imageOf(32, 32);
    const x = tf.tensor4d(image.data, [1, 32, 32, 1]);
    const graph = modelGraph(built, [32, 32, 1]);
    const expected = await (built.predict(x) as tf.Tensor).data();
    let output: Float32Array | undefined;
    const before = tf.memory().numBytes;
    const { peakBytes } = await tf.profile(async () => {
      await runGraph(graph, x, async (value, tensor) => {
        if (value === graph.outputs[0]) output = (await tensor.data()) as Float32Array;
      });
      return tf.scalar(0);
    });
    expect(tf.memory().numBytes - before).toBe(4); // the scalar that a profile has to return
    expect(output).toEqual(expected);
    const { inference, training } = complexity(built, [32, 32, 1]).memory;
    // Batch normalisation makes a few copies on its way.
    expect(peakBytes - before).toBeLessThan(2.5 * inference);
    expect(peakBytes - before).toBeLessThan(training / 2);
    tf.dispose([x]);
    built.dispose();
  });

  it("refuses what it cannot look at, and says what it was given", async () => {
    const built = smallNetwork();
    const image = imageOf(16, 16);
    await expect(correlateFeatures(built, [{ ...image, channels: 3 }])).rejects.toThrow(
      'The model "small" takes images of any × any × 1 (height × width × channels), but was given one of 16 × 16 × 3.',
    );
    await expect(correlateFeatures(built, [], { threshold: 1, bins: 0 })).rejects.toThrow(
      "at least one image, but was given none; a threshold from 0 to below 1, such as 0.9, but was given 1; a whole number of bins, at least 2, but was given 0.",
    );
    await expect(correlateFeatures(built, [image, imageOf(2, 2)])).rejects.toThrow(/2 × 2 pixels .* Leave it out/);
    const broken = { ...image, data: image.data.map((value, i) => (i === 40 ? Number.NaN : value)) };
    await expect(correlateFeatures(built, [broken])).rejects.toThrow(
      'The features of the model "small" in layer "encoder" are not all finite numbers.',
    );
    built.dispose();
  });
});

it("evenly picked channels include neither end twice nor miss the middle", () => {
  expect(pickEvenly(10, 5)).toEqual([1, 3, 5, 7, 9]);
  expect(pickEvenly(3, 16)).toEqual([0, 1, 2]);
  expect(pickEvenly(64, 0)).toEqual([]);
});
