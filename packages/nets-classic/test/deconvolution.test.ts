import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-wasm";
import { applyLayer, registerLayers } from "@em-stellar/core/training";
import * as tf from "@tensorflow/tfjs-core";
import { input, loadLayersModel, model } from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, it } from "vitest";
import { type DeconvolutionShape, dilatedDeconvolution } from "../src/deconvolution.js";
import { DilatedDeconvolution } from "../src/index.js";
import { derivative, flat, type Reference, sample, weighted } from "./reference.js";

type Size = [number, number, number, number];
const tensor = ({ shape, values }: Reference) => tf.tensor4d(Float32Array.from(values), shape as Size);

/** Calls `visit` with every pixel, tap and channel of a transposed convolution, by its definition. */
function eachProduct(
  [batch, height, width, channels]: Size,
  filters: number,
  { size, scale, dilation }: DeconvolutionShape,
  visit: (from: number, tap: number, to: number) => void,
): void {
  const padding = (dilation * (size - 1) + 1 - scale) / 2;
  const [tall, wide] = [height * scale, width * scale];
  for (let b = 0; b < batch; b++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        for (let r = 0; r < size; r++) {
          for (let c = 0; c < size; c++) {
            const [row, column] = [y * scale + r * dilation - padding, x * scale + c * dilation - padding];
            if (row < 0 || row >= tall || column < 0 || column >= wide) continue;
            for (let f = 0; f < filters; f++) {
              for (let channel = 0; channel < channels; channel++) {
                visit(
                  flat([batch, height, width, channels], b, y, x, channel),
                  flat([size, size, filters, channels], r, c, f, channel),
                  flat([batch, tall, wide, filters], b, row, column, f),
                );
              }
            }
          }
        }
      }
    }
  }
}

function deconvolution(x: Reference, kernel: Reference, shape: DeconvolutionShape): Reference {
  const [batch, height, width] = x.shape as Size;
  const filters = kernel.shape[2] as number;
  const out = [batch, height * shape.scale, width * shape.scale, filters];
  const values = new Float64Array(out.reduce((product, side) => product * side, 1));
  eachProduct(x.shape as Size, filters, shape, (from, tap, to) => {
    values[to] = (values[to] as number) + (x.values[from] as number) * (kernel.values[tap] as number);
  });
  return { shape: out, values };
}

/** Gradients of Σ weights · output, by the same loops. */
function gradients(x: Reference, kernel: Reference, weights: Reference, shape: DeconvolutionShape) {
  const [dx, dw] = [new Float64Array(x.values.length), new Float64Array(kernel.values.length)];
  eachProduct(x.shape as Size, kernel.shape[2] as number, shape, (from, tap, to) => {
    dx[from] = (dx[from] as number) + (weights.values[to] as number) * (kernel.values[tap] as number);
    dw[tap] = (dw[tap] as number) + (weights.values[to] as number) * (x.values[from] as number);
  });
  return [dx, dw] as const;
}

function expectClose(seen: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(seen.length).toBe(expected.length);
  const scale = Math.max(1, ...Array.from(expected, Math.abs));
  const worst = Array.from(expected, (value, i) => Math.abs((seen[i] as number) - value)).reduce((a, b) =>
    Math.max(a, b),
  );
  expect(worst / scale).toBeLessThan(1e-6);
}

/** All sixteen of CDeep3M. */
const shapes: DeconvolutionShape[] = [
  { size: 32, scale: 16, dilation: 1 },
  ...[8, 4, 2].flatMap((scale) => [1, 5, 11, 17, 23].map((dilation) => ({ size: 2 * scale, scale, dilation }))),
];

describe.each(["cpu", "wasm"])("on %s", (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend);
  });

  it.each(shapes)("equals plain loops, forward and gradients: $size taps, $dilation apart, $scale times", (shape) => {
    // Large enough that the farthest taps still meet the image, and that some do not.
    const x = sample(1, [2, { 2: 19, 4: 7, 8: 5, 16: 3 }[shape.scale] as number, 3, 2]);
    const kernel = sample(2, [shape.size, shape.size, 2, 2]);
    const expected = deconvolution(x, kernel, shape);
    const weights = sample(3, expected.shape);
    const { numTensors } = tf.memory();
    tf.tidy(() => {
      const f = (...[a, b]: tf.Tensor[]) => dilatedDeconvolution(a as tf.Tensor4D, b as tf.Tensor4D, shape);
      const { value, grads } = tf.valueAndGrads(f)([tensor(x), tensor(kernel)], tensor(weights));
      expect(value.shape).toEqual(expected.shape);
      expectClose(value.dataSync(), expected.values);
      const [dx, dw] = gradients(x, kernel, weights, shape);
      expectClose((grads[0] as tf.Tensor).dataSync(), dx);
      expectClose((grads[1] as tf.Tensor).dataSync(), dw);
    });
    expect(tf.memory().numTensors).toBe(numTensors);
  });
});

it("the loops' gradients are those of central differences", () => {
  const shape = { size: 4, scale: 2, dilation: 5 };
  const [x, kernel] = [sample(1, [1, 3, 4, 2]), sample(2, [4, 4, 3, 2])];
  const weights = sample(3, [1, 6, 8, 3]);
  const total = () => weighted(deconvolution(x, kernel, shape), weights);
  const [dx, dw] = gradients(x, kernel, weights, shape);
  for (const [i, value] of derivative(total, x, 0.5).entries()) expect(dx[i]).toBeCloseTo(value, 9);
  for (const [i, value] of derivative(total, kernel, 0.5).entries()) expect(dw[i]).toBeCloseTo(value, 9);
});

describe("the layer", () => {
  beforeAll(async () => {
    await tf.setBackend("cpu");
  });
  const config = { name: "up", filters: 2, size: 4, scale: 2, dilation: 1, kernelStart: "bilinear" } as const;

  it("starts as bilinear interpolation of all channels together", () => {
    const layer = new DilatedDeconvolution(config);
    const x = tf.tensor4d([1, 10, 2, 20, 4, 40], [1, 1, 3, 2]);
    const y = layer.apply(x) as tf.Tensor4D;
    expect(y.shape).toEqual([1, 2, 6, 2]);
    // Taps 1/4, 3/4, 3/4, 1/4 each way; one row only, so that both rows get 3/4 of it. Sums of channels: 11, 22, 44.
    const line = [
      0.75 * 11,
      0.75 * 11 + 0.25 * 22,
      0.25 * 11 + 0.75 * 22,
      0.75 * 22 + 0.25 * 44,
      0.25 * 22 + 0.75 * 44,
      0.75 * 44,
    ];
    const row = line.flatMap((value) => [0.75 * value, 0.75 * value]); // the same for both filters
    expect([...y.dataSync()]).toEqual([...row, ...row]);
  });

  it("starts from its seed, with the spread that it is given, else", () => {
    const kernelOf = (seed: number) => {
      const layer = new DilatedDeconvolution({ ...config, size: 16, scale: 8, dilation: 5, kernelStart: 0.01, seed });
      layer.build([null, 2, 2, 32]);
      return [...(layer.getWeights()[0] as tf.Tensor).dataSync()];
    };
    const values = kernelOf(1);
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);
    expect(deviation).toBeCloseTo(0.01, 3);
    expect(kernelOf(1)).toEqual(values);
    expect(kernelOf(2)).not.toEqual(values);
  });

  it("adds its bias, saves and loads, and knows the shape of images of any size", async () => {
    const image = input({ shape: [null, null, 1], name: "image" });
    const layer = new DilatedDeconvolution({ ...config, dilation: 5, kernelStart: 0.01, seed: 3 });
    const before = model({ inputs: image, outputs: applyLayer(layer, image) });
    expect(before.outputShape).toEqual([null, null, null, 2]);
    layer.setWeights([tf.zeros([4, 4, 2, 1]), tf.tensor1d([0.5, -2])]);
    let saved: tf.io.ModelArtifacts | undefined;
    await before.save(
      tf.io.withSaveHandler(async (artifacts) => {
        saved = artifacts;
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
      }),
    );
    registerLayers([DilatedDeconvolution]);
    const after = await loadLayersModel(tf.io.fromMemory(saved as tf.io.ModelArtifacts));
    expect(after.getLayer("up").getConfig()).toEqual(layer.getConfig());
    const y = after.predict(tf.ones([1, 1, 2, 1])) as tf.Tensor;
    expect([...y.dataSync()]).toEqual(Array.from({ length: 8 }, () => [0.5, -2]).flat());
  });

  it("says what it costs: every tap of every pixel that comes in, and the bias", () => {
    const layer = new DilatedDeconvolution(config);
    // 3 · 5 pixels of 7 channels, 16 taps, 2 filters; 6 · 10 · 2 values come out.
    expect(layer.countOperations([[null, 3, 5, 7]], [null, 6, 10, 2])).toEqual({ macs: 3360, other: 120 });
  });

  it("refuses shapes that cannot enlarge so, saying what can", () => {
    expect(() => new DilatedDeconvolution({ ...config, size: 3 })).toThrow(
      "A kernel of 3 × 3 taps, 1 apart, cannot enlarge 2 times: half of 1 · (3 − 1) + 1 − 2 must be a whole number from 0 on. With 1 apart, 4 taps can.",
    );
    expect(() => new DilatedDeconvolution({ ...config, scale: 3, dilation: 3, size: 5 })).toThrow(
      "some pixels would be under no tap",
    );
  });
});
