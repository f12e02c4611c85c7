import type { Device } from "@em-stellar/core/training";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fill, numbers, type Reference } from "../../kernels/src/testing/reference.js";
import { wasm } from "../src/index.js";

// Convolutions of 3×3 taps by tiles of 4×4 outputs: the largest error is 5e-6 of the largest value, where plain sums have 2e-6.
const bound = 5e-6;

/** [height, width, in, out]: odd sides, channels for half a vector of eight, several blocks, and filters too wide to be transformed at once. */
const shapes = [
  [30, 37, 4, 4],
  [26, 31, 16, 4],
  [37, 30, 16, 20],
  [21, 22, 100, 64],
  [16, 16, 256, 128],
  [21, 18, 512, 256],
] as const;

// On several threads, gradients of filters are shared by tiles or by input channels, and the rest by tiles or by output channels.
describe.each([1, 3])("on %i threads", (threads) => {
  let device: Device;
  beforeAll(async () => {
    device = await wasm({ threads }).start();
  });
  afterAll(() => device.dispose());

  describe.each(shapes)("%i × %i, %i to %i channels", (height, width, inChannels, outChannels) => {
    it.each([0, 3])("values with a mean of %i: forward and both gradients against double precision", (mean) => {
      const next = numbers(mean + height);
      // Uniform in (-1, 1) and exact in single precision.
      const uniform = () => (2 * (next() >>> 12) + 1) / 2 ** 20 - 1;
      const x = fill([2, height, width, inChannels], () => Math.fround(mean + 1.7 * uniform()));
      const filter = fill([3, 3, inChannels, outChannels], () => uniform());
      const dy = fill([2, height, width, outChannels], () => Math.fround(mean + 1.7 * uniform()));
      const [y, dx, dfilter] = tf.tidy(() => {
        const toTensor = ({ values, shape }: Reference): tf.Tensor => tf.tensor(Float32Array.from(values), [...shape]);
        const [a, b, c] = [x, filter, dy].map(toTensor) as [tf.Tensor, tf.Tensor, tf.Tensor];
        const convolve = (image: tf.Tensor, taps: tf.Tensor) =>
          tf.conv2d(image as tf.Tensor4D, taps as tf.Tensor4D, 1, "same");
        return [convolve(a, b), ...tf.grads(convolve)([a, b], c)].map((tensor) => tensor.dataSync());
      }) as [Float32Array, Float32Array, Float32Array];

      const inImage = (row: number, column: number) => row >= 0 && column >= 0 && row < height && column < width;
      const pixel = (image: number, row: number, column: number) => (image * height + row) * width + column;
      /** The image, row, column and channel of an index. */
      const placeOf = (index: number, channels: number) => {
        const at = Math.floor(index / channels);
        return [
          Math.floor(at / height / width),
          Math.floor(at / width) % height,
          at % width,
          index % channels,
        ] as const;
      };
      const taps = Array.from({ length: 9 }, (_, tap) => [tap, Math.floor(tap / 3) - 1, (tap % 3) - 1] as const);
      const value = ({ values }: { values: Float64Array }, index: number) => values[index] as number;
      const forward = (index: number) => {
        const [image, row, column, out] = placeOf(index, outChannels);
        let sum = 0;
        for (const [tap, down, across] of taps) {
          if (!inImage(row + down, column + across)) continue;
          const from = pixel(image, row + down, column + across) * inChannels;
          for (let c = 0; c < inChannels; c++)
            sum += value(x, from + c) * value(filter, (tap * inChannels + c) * outChannels + out);
        }
        return sum;
      };
      const toInput = (index: number) => {
        const [image, row, column, channel] = placeOf(index, inChannels);
        let sum = 0;
        for (const [tap, down, across] of taps) {
          if (!inImage(row - down, column - across)) continue;
          const from = pixel(image, row - down, column - across) * outChannels;
          for (let o = 0; o < outChannels; o++)
            sum += value(dy, from + o) * value(filter, (tap * inChannels + channel) * outChannels + o);
        }
        return sum;
      };
      const toFilter = (index: number) => {
        const [out, channel] = [index % outChannels, Math.floor(index / outChannels) % inChannels];
        const [, down, across] = taps[Math.floor(index / outChannels / inChannels)] as (typeof taps)[number];
        let sum = 0;
        for (let i = 0; i < dy.values.length / outChannels; i++) {
          const [image, row, column] = placeOf(i, 1);
          if (inImage(row + down, column + across))
            sum +=
              value(x, pixel(image, row + down, column + across) * inChannels + channel) *
              value(dy, i * outChannels + out);
        }
        return sum;
      };
      for (const [found, exact] of [
        [y, forward],
        [dx, toInput],
        [dfilter, toFilter],
      ] as const) {
        const largest = found.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
        const picked = [0, found.length - 1, ...Array.from({ length: 100 }, () => next() % found.length)];
        const error = Math.max(...picked.map((index) => Math.abs((found[index] as number) - exact(index))));
        expect(error / largest).toBeLessThan(bound);
      }
    });
  });

  it("an infinity reaches the outputs that see it, and no others of its tile", () => {
    tf.tidy(() => {
      const values = Array.from({ length: 8 * 8 * 8 }, (_, i) =>
        i === (1 * 8 + 2) * 8 + 3 ? Number.POSITIVE_INFINITY : 1,
      );
      const ofOnes = (rectify: boolean) =>
        tf.fused
          .conv2d({
            x: tf.tensor4d(values, [1, 8, 8, 8]),
            filter: tf.ones([3, 3, 8, 12]),
            strides: 1,
            pad: "valid",
            ...(rectify && { activation: "relu" }),
          })
          .dataSync();
      const expected = Array.from({ length: 6 * 6 * 12 }, (_, i) => {
        const [row, column] = [Math.floor(i / 12 / 6), Math.floor(i / 12) % 6];
        return row <= 1 && column <= 2 ? Number.POSITIVE_INFINITY : 72;
      });
      for (const rectify of [false, true]) expect(Array.from(ofOnes(rectify), Math.round)).toEqual(expected);
    });
  });
});
