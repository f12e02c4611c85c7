import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { fill, numbers } from "../../kernels/src/testing/reference.js";
import { wasm } from "../src/index.js";

// Convolutions to one or two channels, of which sixteen outputs are made at a time; the rest of a row, and eight channels of
// ten, by other code. Against sums in double precision: the largest error is below 2e-6 of the largest value.
const bound = 2e-6;

/** Output channels, taps down and across, stride, width. */
const cases = [
  [1, 3, 3, 1, 37],
  [2, 3, 3, 1, 37],
  [2, 3, 3, 1, 16],
  [10, 5, 5, 1, 21],
  [1, 1, 1, 1, 33],
  [2, 5, 2, 1, 18],
  [2, 3, 3, 2, 70],
] as const;

describe.each(["relaxed", "strict"] as const)("%s SIMD", (simd) => {
  it.each(cases)(
    "to %i channels, %i × %i taps, stride %i, %i pixels across: forward with bias and ReLU, and transposed",
    async (outChannels, down, across, stride, width) => {
      const [images, height, inChannels] = [2, 11, 6];
      const next = numbers(width);
      const uniform = () => (2 * (next() >>> 12) + 1) / 2 ** 20 - 1; // exact in single precision
      const x = fill([images, height, width, inChannels], uniform);
      const filter = fill([down, across, inChannels, outChannels], uniform);
      const bias = fill([outChannels], uniform);
      const rows = Math.ceil(height / stride);
      const columns = Math.ceil(width / stride);
      const above = Math.max(0, Math.floor(((rows - 1) * stride + down - height) / 2));
      const left = Math.max(0, Math.floor(((columns - 1) * stride + across - width) / 2));
      const at = ({ values }: { values: Float64Array }, index: number) => values[index] as number;

      const forward = new Float64Array(images * rows * columns * outChannels);
      // The filter's channels are exchanged in the transposed convolution: from `inChannels` in the small image to `outChannels`.
      const small = fill([images, rows, columns, inChannels], uniform);
      const transposed = new Float64Array(images * height * width * outChannels);
      for (let image = 0; image < images; image++)
        for (let row = 0; row < rows; row++)
          for (let column = 0; column < columns; column++)
            for (let r = 0; r < down; r++)
              for (let s = 0; s < across; s++) {
                const [y, z] = [row * stride + r - above, column * stride + s - left];
                if (y < 0 || y >= height || z < 0 || z >= width) continue;
                const one = (image * rows + row) * columns + column;
                const other = (image * height + y) * width + z;
                for (let c = 0; c < inChannels; c++)
                  for (let o = 0; o < outChannels; o++) {
                    const weight = at(filter, ((r * across + s) * inChannels + c) * outChannels + o);
                    forward[one * outChannels + o] =
                      (forward[one * outChannels + o] as number) + weight * at(x, other * inChannels + c);
                    transposed[other * outChannels + o] =
                      (transposed[other * outChannels + o] as number) + weight * at(small, one * inChannels + c);
                  }
              }
      const rectified = forward.map((sum, index) => Math.max(0, sum + at(bias, index % outChannels)));

      const device = await wasm({ simd }).start();
      try {
        const tensor = ({ values, shape }: { values: Float64Array; shape: readonly number[] }) =>
          tf.tensor(Float32Array.from(values), [...shape]);
        const [found, back] = tf.tidy(() => {
          const [image, weights, start] = [x, filter, small].map(tensor) as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
          const options = { x: image, filter: weights, strides: stride, pad: "same" } as const;
          const y = tf.fused.conv2d({ ...options, bias: tensor(bias), activation: "relu" });
          const exchanged = tf.transpose(weights, [0, 1, 3, 2]);
          const dx = tf.conv2dTranspose(start, exchanged, [images, height, width, outChannels], stride, "same");
          return [y.dataSync(), dx.dataSync()] as const;
        });
        for (const [values, exact] of [
          [found, rectified],
          [back, transposed],
        ] as const) {
          expect(values.length).toBe(exact.length);
          const largest = exact.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
          const error = exact.reduce((most, each, i) => Math.max(most, Math.abs(each - (values[i] as number))), 0);
          expect(error / largest).toBeLessThan(bound);
        }
      } finally {
        await device.dispose();
      }
    },
  );
});
