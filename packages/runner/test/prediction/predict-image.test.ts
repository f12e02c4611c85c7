import "@tensorflow/tfjs-backend-cpu";
import { createRandom, type Raster } from "@em-stellar/core";
import { applyLayer, type ReceptiveField, registerLayers } from "@em-stellar/core/training";
import { cropBack, normalizationOf, padReflect } from "@em-stellar/data";
import { type PredictionOptions, predictImage, predictStrips, type Strip } from "@em-stellar/runner";
import {
  add,
  clone,
  dispose,
  div,
  memory,
  pad,
  setBackend,
  slice,
  type Tensor,
  type Tensor4D,
  tensor4d,
} from "@tensorflow/tfjs-core";
import { initializers, input, type LayersModel, layers, model, type SymbolicTensor } from "@tensorflow/tfjs-layers";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { geometryOf } from "../../src/prediction/model-geometry.js";

beforeAll(async () => {
  await setBackend("cpu");
});

type Step = (x: SymbolicTensor) => SymbolicTensor;

/** A network of steps behind each other, ended by a sigmoid. */
function network(steps: readonly Step[], channels = 1): LayersModel {
  const image = input({ shape: [null, null, channels] });
  const last = layers.conv2d({ filters: 1, kernelSize: 1, activation: "sigmoid", kernelInitializer: normal(99) });
  const body = steps.reduce((x, step) => step(x), image);
  return model({ inputs: image, outputs: applyLayer(last, body) });
}

const normal = (seed: number) => initializers.randomNormal({ mean: 0, stddev: 0.5, seed });
let seeds = 1;
const convolution =
  (kernelSize: number | [number, number], more: object = {}): Step =>
  (x) =>
    applyLayer(
      layers.conv2d({ filters: 2, kernelSize, padding: "same", kernelInitializer: normal(seeds++), ...more }),
      x,
    );
const pool =
  (more: object = {}): Step =>
  (x) =>
    applyLayer(layers.maxPooling2d({ poolSize: 2, strides: 2, ...more }), x);
const enlarge =
  (size = 2, interpolation: "nearest" | "bilinear" = "nearest"): Step =>
  (x) =>
    applyLayer(layers.upSampling2d({ size: [size, size], interpolation }), x);
const normalize: Step = (x) => applyLayer(layers.batchNormalization(), x);

function noise(width: number, height: number, channels = 1, seed = 1): Raster {
  const random = createRandom(seed);
  return {
    width,
    height,
    channels,
    data: Uint8Array.from({ length: width * height * channels }, () => random.integer(256)),
  };
}

const asIs: PredictionOptions = { normalization: { offset: 128, scale: 1 / 64 } };

function largestDifference(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] as number))), 0);
}

describe("how far a model sees", () => {
  const margins = (...steps: Step[]) => geometryOf(network(steps)).margins;
  const around = (pixels: number) => ({ top: pixels, bottom: pixels, left: pixels, right: pixels });

  it("is what one counts by hand", () => {
    expect(margins()).toEqual(around(0));
    expect(margins(convolution(3))).toEqual(around(1));
    expect(margins(convolution(3), convolution(5))).toEqual(around(3));
    expect(margins(convolution(3, { dilationRate: 4 }))).toEqual(around(4));
    expect(margins(convolution([1, 7]))).toEqual({ top: 0, bottom: 0, left: 3, right: 3 });
    // "same" of an even kernel pads below and on the right only.
    expect(margins(convolution(2))).toEqual({ top: 0, bottom: 1, left: 0, right: 1 });
    // At half the size, the first and the last of the small pixels are wrong, that is two pixels each.
    expect(margins(pool(), convolution(3), enlarge())).toEqual(around(2));
    // At full size three more, of which pooling makes two small ones; then one more.
    expect(margins(convolution(7), pool(), convolution(3), enlarge())).toEqual(around(6));
  });

  it("tells the stride, and what tensors take: two inputs of 4 bytes, and 2 channels before and after, half as much again", () => {
    expect(geometryOf(network([convolution(3), normalize]))).toMatchObject({ stride: 1, bytesPerPixel: 1.5 * 24 });
    expect(geometryOf(network([pool(), convolution(3), pool(), enlarge(4)])).stride).toBe(4);
    expect(geometryOf(network([pool({ poolSize: 3, strides: 3 }), enlarge(3), pool(), enlarge()])).stride).toBe(6);
  });
});

describe("predictImage", () => {
  it("equals the whole image in tiles of any network: kernels, strides, poolings, enlargements, frames", async () => {
    const kernel = fc.integer({ min: 1, max: 4 });
    const down = fc.constantFrom<Step[]>(
      [pool(), enlarge()],
      [pool(), convolution(3), enlarge(2, "bilinear")],
      [pool({ poolSize: 3, padding: "same" }), convolution(3), enlarge()],
      [convolution(3, { strides: 2 }), normalize, enlarge()],
      [
        convolution(3, { strides: 2 }),
        (x) =>
          applyLayer(
            layers.conv2dTranspose({
              filters: 2,
              kernelSize: 4,
              strides: 2,
              padding: "same",
              kernelInitializer: normal(7),
            }),
            x,
          ),
      ],
      [
        // As ResNet's stem: zeros around, then a valid convolution and a valid pooling.
        (x) =>
          applyLayer(
            layers.zeroPadding2d({
              padding: [
                [3, 3],
                [3, 3],
              ],
            }),
            x,
          ),
        convolution(7, { strides: 2, padding: "valid" }),
        enlarge(),
      ],
      [
        (x) =>
          applyLayer(
            layers.zeroPadding2d({
              padding: [
                [2, 4],
                [3, 1],
              ],
            }),
            x,
          ),
        (x) =>
          applyLayer(
            layers.cropping2D({
              cropping: [
                [4, 2],
                [1, 3],
              ],
            }),
            x,
          ),
        convolution(3),
      ],
      [(x) => applyLayer(layers.add(), [convolution(3)(x), convolution([1, 5], { dilationRate: 2 })(x)])],
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            kernel.map((size): Step[] => [convolution(size)]),
            down,
          ),
          { minLength: 1, maxLength: 3 },
        ),
        fc.integer({ min: 24, max: 48 }),
        fc.integer({ min: 1, max: 48 }),
        async (steps, width, height) => {
          const net = network([convolution(1), ...steps.flat()]);
          const image = noise(width, height);
          const whole = await predictImage(net, image, asIs);
          const { stride, margins } = geometryOf(net);
          const reach = Math.max(...Object.values(margins ?? { none: Number.NaN }));
          const tile = (Math.ceil(reach / stride) * 2 + 1) * stride;
          const tiled = await predictImage(net, image, { ...asIs, tile });
          expect(largestDifference(tiled.data, whole.data)).toBeLessThan(1e-6);
          net.dispose();
        },
      ),
      { numRuns: 20 },
    );
  });

  it("pads a whole image, predicts it and crops it back, to the bit", async () => {
    const net = network([convolution(3), pool(), normalize, convolution(3), pool(), enlarge(4)], 2);
    const image = noise(37, 22, 2);
    const normalization = normalizationOf("z-score", [image]);
    const padded = padReflect(image, normalization, 4);
    const x = tensor4d(padded.data, [1, padded.height, padded.width, 2]);
    const y = net.predict(x) as Tensor;
    const expected = cropBack((await y.data()) as Float32Array, padded, image);
    dispose([x, y]);
    expect((await predictImage(net, image, { normalization })).data).toEqual(expected);
  });

  it("would differ if tiles shared less than the model sees, and mixes them then", async () => {
    const net = network([convolution(3), pool(), convolution(3), convolution(3), enlarge(), convolution(3)]);
    const image = noise(70, 66);
    const whole = await predictImage(net, image, asIs);
    const differing = async (overlap: number) =>
      largestDifference((await predictImage(net, image, { ...asIs, tile: 32, overlap })).data, whole.data);
    expect(await differing(8)).toBe(0); // sees 6 pixels, and one of two behind the pooling
    expect(await differing(0)).toBeGreaterThan(0.02);
    expect(await differing(4)).toBeGreaterThan(1e-4);
    expect(await differing(4)).toBeLessThan(await differing(0));
  });

  it("mixes with shares that add up to 1: what does not depend on the neighbours is not changed", async () => {
    const net = network([]);
    const image = noise(90, 71);
    const whole = await predictImage(net, image, asIs);
    for (const overlap of [0, 1, 3, 7]) {
      // A model that sees one pixel needs no overlap; one that does not say how far it sees is mixed.
      const silent = network([(x) => applyLayer(new Silent({}), x)]);
      silent.setWeights(net.getWeights());
      const mixed = await predictImage(silent, image, { ...asIs, tile: 32, overlap });
      expect(largestDifference(mixed.data, whole.data)).toBeLessThan(1e-6);
    }
  });

  it.each([
    [1, 1],
    [3, 2],
    [5, 64],
    [17, 1],
  ])("takes an image of %d × %d, below and beside the stride of 8", async (width, height) => {
    const net = network([convolution(3), pool(), pool(), pool(), convolution(3), enlarge(8)]);
    const { data, ...map } = await predictImage(net, noise(width, height), { ...asIs, threshold: 0.25 });
    expect(map).toEqual({ width, height, maximum: 1, threshold: 0.25 });
    expect(data).toHaveLength(width * height);
    expect(data.every((value) => value > 0 && value < 1)).toBe(true);
    const tiled = await predictImage(net, noise(width, height), { ...asIs, tile: 48 });
    expect(largestDifference(tiled.data, data)).toBe(0);
  });

  it("takes several channels, and stays within the memory that it is given", async () => {
    const net = network([convolution(3), normalize, pool(), convolution(3), enlarge()], 3);
    const image = noise(120, 97, 3);
    const { bytesPerPixel } = geometryOf(net);
    const options: PredictionOptions = { normalization: { method: "z-score", scope: "image" } };
    const whole = await predictImage(net, image, options);
    let tiles = 0;
    const bytes = 40 * 40 * bytesPerPixel;
    const tiled = await predictImage(net, image, { ...options, memory: bytes, onProgress: () => tiles++ });
    expect(largestDifference(tiled.data, whole.data)).toBeLessThan(1e-6);
    expect(tiles).toBeGreaterThan(8); // 120 × 98 is 7.3 times 40 × 40, and tiles overlap
    expect(tiles).toBeLessThan(20);
  });

  it("normalises by the image as a whole, not by tile", async () => {
    const net = network([]);
    const half = noise(64, 64);
    const image = { ...half, data: half.data.map((value, i) => (i % 64 < 32 ? value / 8 : 128 + value / 2)) };
    for (const method of ["z-score", "min-max"] as const) {
      const options: PredictionOptions = { normalization: { method, scope: "image" } };
      const whole = await predictImage(net, image, options);
      const tiled = await predictImage(net, image, { ...options, tile: 16 });
      expect(largestDifference(tiled.data, whole.data)).toBe(0);
    }
  });

  it("uses a training set's numbers, and refuses to go without", async () => {
    const net = network([]);
    const image = noise(8, 8);
    const trained = { method: "z-score", scope: "training-set", offset: 128, scale: 1 / 64 } as const;
    const [a, b] = [await predictImage(net, image, { normalization: trained }), await predictImage(net, image, asIs)];
    expect(a.data).toEqual(b.data);
    const { offset: _, ...without } = trained;
    await expect(predictImage(net, image, { normalization: without })).rejects.toThrow(
      '"offset" and "scale" are missing',
    );
  });

  it("gives rows from top to bottom, each once, and tells how far it is", async () => {
    const net = network([convolution(5), pool(), enlarge()]);
    const image = noise(50, 75);
    const whole = await predictImage(net, image, asIs);
    for (const overlap of [null, 2]) {
      const strips: Strip[] = [];
      const done: number[] = [];
      const options = { ...asIs, tile: 24, overlap, onProgress: (pixels: number) => done.push(pixels) };
      for await (const strip of predictStrips(net, image, options)) strips.push({ ...strip, data: strip.data.slice() });
      expect(strips.length).toBeGreaterThan(2);
      let y = 0;
      for (const strip of strips) {
        expect(strip.y).toBe(y);
        expect(strip.data).toHaveLength(strip.rows * 50);
        y += strip.rows;
      }
      expect(y).toBe(75);
      expect(done).toEqual(done.toSorted((a, b) => a - b));
      expect(done.at(-1)).toBe(50 * 75);
      const joined = Float32Array.from(strips.flatMap(({ data }) => [...data]));
      expect(largestDifference(joined, whole.data)).toBeLessThan(overlap === null ? 1e-6 : 0.2);
    }
  });

  it("leaves no tensor behind, also when it is left halfway", async () => {
    const net = network([convolution(3)]);
    const before = memory().numTensors;
    await predictImage(net, noise(40, 40), { ...asIs, tile: 16 });
    for await (const strip of predictStrips(net, noise(40, 40), { ...asIs, tile: 16 })) if (strip.y === 0) break;
    expect(memory().numTensors).toBe(before);
  });
});

/** A layer that does nothing, and does not say how far it sees. */
class Silent extends layers.Layer {
  static className = "SilentTestLayer";
  override call(inputs: Tensor | Tensor[]): Tensor {
    return clone(Array.isArray(inputs) ? (inputs[0] as Tensor) : inputs);
  }
}

/** A mean of three rows, which says so. */
class ThreeRows extends layers.Layer {
  static className = "ThreeRowsTestLayer";
  override call(inputs: Tensor | Tensor[]): Tensor {
    const x = (Array.isArray(inputs) ? inputs[0] : inputs) as Tensor4D;
    const [, height] = x.shape;
    const nothing: [number, number] = [0, 0];
    const padded = pad(x, [nothing, [1, 1], nothing, nothing]) as Tensor4D;
    const [above, here, below] = [0, 1, 2].map((from) => slice(padded, [0, from, 0, 0], [-1, height, -1, -1]));
    return div(add(add(above as Tensor, here as Tensor), below as Tensor), 3);
  }
  receptiveField(): ReceptiveField {
    return { rows: { stride: 1, first: -1, last: 1 }, columns: { stride: 1, first: 0, last: 0 } };
  }
}

describe("a model with a layer of its own", () => {
  beforeAll(() => registerLayers([Silent, ThreeRows]));

  it("that says how far it sees is cut into tiles", async () => {
    const net = network([convolution(3), (x) => applyLayer(new ThreeRows({}), x)]);
    expect(geometryOf(net).margins).toEqual({ top: 2, bottom: 2, left: 1, right: 1 });
    const whole = await predictImage(net, noise(40, 40), asIs);
    const tiled = await predictImage(net, noise(40, 40), { ...asIs, tile: 12 });
    expect(largestDifference(tiled.data, whole.data)).toBeLessThan(1e-6);
  });

  it("that does not is predicted whole, whatever the memory; asked for tiles, it needs an overlap", async () => {
    const net = network([(x) => applyLayer(new Silent({ name: "mystery" }), x)]);
    const options = { ...asIs, memory: 1000 };
    let tiles = 0;
    await predictImage(net, noise(40, 40), { ...options, onProgress: () => tiles++ });
    expect(tiles).toBe(1);
    await expect(predictImage(net, noise(40, 40), { ...options, tile: 16 })).rejects.toThrow(
      /cut into tiles of 16, but the layer "mystery" \(SilentTestLayer\) of the model does not say how far it sees/,
    );
    await predictImage(net, noise(40, 40), { ...options, tile: 16, overlap: 4 });
  });
});

describe("what does not fit is refused", () => {
  it.each([
    ["another number of channels", noise(8, 8, 3), asIs, "The image has 3 channels, but the model takes 1."],
    ["too few values", { ...noise(8, 8), height: 9 }, asIs, "The image has 64 values for 8 × 9 pixels of 1 channel."],
    ["a broken stride", noise(8, 8), { ...asIs, stride: 1.5 }, "stride must be a whole number above 0, but is 1.5."],
    ["no memory", noise(8, 8), { ...asIs, memory: 0 }, "memory must be a number of bytes above 0, but is 0."],
    ["a broken tile", noise(8, 8), { ...asIs, tile: -4 }, "tile must be a whole number of pixels above 0"],
    ["a broken overlap", noise(8, 8), { ...asIs, overlap: 0.5 }, "overlap must be a whole number of pixels"],
    [
      "tiles that are smaller than what the model sees",
      noise(64, 64),
      { ...asIs, tile: 4 },
      "Tiles read up to 2 pixels beyond their own part on each side, so that the smallest is 5 × 5, but tiles of 4 were asked for. Use `tile: 5` or more, or a smaller `overlap`:",
    ],
    [
      "memory that is less than the smallest tile takes",
      noise(3000, 2000),
      { ...asIs, memory: 2 ** 12 },
      /so that the smallest is 5 × 5, which takes some 1 MiB, but 0 are allowed/,
    ],
  ])("%s", async (_, image, options, message) => {
    await expect(predictImage(network([convolution(5)]), image, options)).rejects.toThrow(message);
  });

  it("models that are no segmentation networks, and images of another size than a model's only one", async () => {
    const image = input({ shape: [null, null, 1] });
    const two = applyLayer(layers.conv2d({ filters: 2, kernelSize: 1 }), image);
    const half = applyLayer(layers.maxPooling2d({ poolSize: 2 }), image);
    const refused = (outputs: SymbolicTensor | SymbolicTensor[]) =>
      expect(predictImage(model({ inputs: image, outputs }), noise(8, 8), asIs)).rejects;
    await refused(two).toThrow(/not a segmentation network .* not \[\d+, \d+, 1\]/);
    await refused(half).toThrow(/it makes \[/);
    await refused([two, half]).toThrow("it gives 2 outputs");

    const fixed = input({ shape: [16, 16, 1] });
    const net = model({
      inputs: fixed,
      outputs: applyLayer(layers.conv2d({ filters: 1, kernelSize: 3, padding: "same" }), fixed),
    });
    expect((await predictImage(net, noise(16, 16), asIs)).data).toHaveLength(256);
    await expect(predictImage(net, noise(20, 16), asIs)).rejects.toThrow(
      "The image has 20 × 16 pixels, but the model takes 16 × 16 only. Build it for [null, null, 1]",
    );
  });
});
