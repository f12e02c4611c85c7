import { conv2d, fused, ones, type Tensor, type Tensor4D, tensor4d } from "@tensorflow/tfjs-core";
import type { Case, Example, Topic } from "./case.js";
import { type Reference, sample, sizeOf } from "./reference.js";
import { describeWindow, eachTap, outputOf, type Window } from "./window.js";

/** A convolution written out. */
export function convolved(x: Reference, filter: Reference, window: Window): Reference {
  const [, , inChannels, outChannels] = filter.shape as [number, number, number, number];
  const shape = [...outputOf(x.shape, window), outChannels];
  const values = new Float64Array(sizeOf(shape));
  eachTap(x.shape, window, (output, tap, input) => {
    for (let i = 0; i < inChannels; i++) {
      const value = x.values[input * inChannels + i] as number;
      const weights = (tap * inChannels + i) * outChannels;
      for (let o = 0; o < outChannels; o++) {
        const to = output * outChannels + o;
        values[to] = (values[to] as number) + value * (filter.values[weights + o] as number);
      }
    }
  });
  return { shape, values };
}

/** With a bias, and an activation. */
export function withBias({ shape, values }: Reference, bias: Reference, activation: "linear" | "relu"): Reference {
  const least = activation === "relu" ? 0 : Number.NEGATIVE_INFINITY;
  const { length } = bias.values;
  return { shape, values: values.map((value, i) => Math.max(least, value + (bias.values[i % length] as number))) };
}

const same = "same";
const valid = "valid";

/** Those of the networks and, beyond, what an implementation may treat apart. */
const windows: readonly Window[] = [
  { height: 1, width: 1, stride: 1, pad: same },
  { height: 1, width: 1, stride: 1, pad: valid },
  { height: 1, width: 1, stride: 2, pad: valid },
  { height: 2, width: 2, stride: 1, pad: same },
  { height: 2, width: 2, stride: 2, pad: same },
  { height: 3, width: 3, stride: 1, pad: same },
  { height: 3, width: 3, stride: 1, pad: valid },
  { height: 3, width: 3, stride: 2, pad: same },
  { height: 3, width: 3, stride: 2, pad: valid },
  { height: 4, width: 4, stride: 1, pad: same },
  { height: 5, width: 5, stride: 3, pad: same },
  { height: 7, width: 7, stride: 2, pad: valid },
  { height: 7, width: 7, stride: 2, pad: same },
  { height: 1, width: 3, stride: 1, pad: same },
  { height: 3, width: 1, stride: 1, pad: same },
  { height: 1, width: 7, stride: 1, pad: same },
  { height: 7, width: 1, stride: 1, pad: same },
];
/** [batch, height, width]: one pixel, one row, one column, odd, even, up to a width of two groups of vector registers. */
const images = [
  [1, 1, 1],
  [2, 6, 1],
  [2, 1, 7],
  [3, 4, 5],
  [1, 2, 2],
  [2, 7, 9],
  [1, 8, 12],
  [1, 9, 13],
  [2, 3, 4],
  [1, 7, 11],
] as const;
const channelPairs = [
  [1, 1],
  [1, 5],
  [3, 4],
  [5, 1],
  [8, 8],
  [7, 9],
  [17, 19],
  [16, 8],
  [2, 12],
] as const;

function convolutionCase(
  image: readonly number[],
  [inChannels, outChannels]: readonly [number, number],
  window: Window,
  more: Partial<Case> = {},
): Case {
  const x = sample(1, [...image, inChannels]);
  const filter = sample(2, [window.height, window.width, inChannels, outChannels]);
  return {
    name: `${describeWindow(window)}: [${x.shape}] to ${outChannels} channels`,
    inputs: [x, filter],
    run: ([a, b]) => conv2d(a as Tensor4D, b as Tensor4D, window.stride, window.pad),
    expected: () => convolved(x, filter, window),
    ...more,
  };
}

/** As layers do it; tfjs leaves a ReLU out of the fused kernel while it records gradients. */
function biasedCase(
  image: readonly number[],
  [inChannels, outChannels]: readonly [number, number],
  window: Window,
  activation: "linear" | "relu" = "linear",
  more: Partial<Case> = {},
): Case {
  const { name, inputs, expected } = convolutionCase(image, [inChannels, outChannels], window);
  const bias = sample(3, [outChannels]);
  const { stride: strides, pad } = window;
  return {
    name: `${name}, with a bias${activation === "relu" ? " and a ReLU" : ""}${more.differentiated ? ", in prediction" : ""}`,
    inputs: [...inputs, bias],
    run: ([x, filter, shift]) =>
      fused.conv2d({ x: x as Tensor4D, filter: filter as Tensor4D, strides, pad, bias: shift as Tensor, activation }),
    expected: () => withBias(expected() as Reference, bias, activation),
    ...more,
  };
}

/** Each window on each image that it fits, with pairs of channels, and with and without a bias, in turn. */
const grid = windows.flatMap((window, w) =>
  images
    .filter((image) => outputOf(image, window).every((side) => side > 0))
    .map((image, i) => {
      const channels = channelPairs[(w + i) % channelPairs.length] as readonly [number, number];
      return i % 2 === 0 ? convolutionCase(image, channels, window) : biasedCase(image, channels, window);
    }),
);

const three: Window = { height: 3, width: 3, stride: 1, pad: same };

/** Where work is cut into blocks, tiles or parts: each of these has more than one of some kind. */
const large = [
  convolutionCase([1, 2, 300], [3, 5], three, { compared: 4 }),
  convolutionCase([1, 70, 9], [5, 8], three, { compared: 4 }),
  convolutionCase([1, 40, 200], [8, 2], three, { compared: 2 }),
  convolutionCase([3, 16, 16], [4, 33], three, { compared: 4 }),
  convolutionCase([1, 5, 6], [65, 40], three, { compared: 4 }),
  convolutionCase([1, 3, 3], [130, 70], { ...three, height: 1, width: 1 }, { compared: 4 }),
  convolutionCase([1, 37, 41], [2, 6], { height: 7, width: 7, stride: 2, pad: valid }, { compared: 4 }),
];

/** Where tiles of 2×2 outputs may be used: whole ones and parts of one, more than are made at a time, and channels for whole vectors or not. */
const tiled = [
  convolutionCase([1, 8, 8], [8, 16], three, { compared: 4 }),
  biasedCase([3, 7, 9], [16, 12], three, "linear", { compared: 4 }),
  convolutionCase([2, 5, 66], [12, 20], three, { compared: 4 }),
  convolutionCase([1, 31, 3], [20, 8], { ...three, pad: valid }, { compared: 4 }),
  biasedCase([2, 6, 11], [24, 28], { ...three, pad: valid }, "relu", { compared: 4 }),
  convolutionCase([1, 1, 1], [8, 12], three),
  convolutionCase([1, 4, 5], [9, 16], three, { compared: 4 }),
  convolutionCase([2, 9, 13], [16, 4], three, { compared: 4 }),
  biasedCase([1, 14, 10], [4, 4], three, "linear", { compared: 4 }),
  biasedCase([2, 7, 8], [8, 4], { ...three, pad: valid }, "relu", { compared: 4 }),
];

const rectified = (["same", "valid"] as const).flatMap((pad) =>
  [2, 3].flatMap((side) =>
    [undefined, []].map((differentiated) =>
      biasedCase(
        [2, 5, 7],
        [3, 9],
        { height: side, width: side, stride: 1, pad },
        "relu",
        differentiated ? { differentiated } : {},
      ),
    ),
  ),
);

/** As a prediction folds batch normalization into convolutions: every window, with a bias and a ReLU. */
const rectifiedInPrediction = windows.map((window, i) =>
  biasedCase([2, 9, 8], channelPairs[i % channelPairs.length] as readonly [number, number], window, "relu", {
    differentiated: [],
  }),
);

const dilated: Case = {
  name: "3×3, dilated by 2, in prediction (tfjs has no gradient)",
  inputs: [sample(1, [2, 7, 6, 3]), sample(2, [3, 3, 3, 4])],
  run: ([a, b]) => conv2d(a as Tensor4D, b as Tensor4D, 1, "same", "NHWC", 2),
  expected() {
    const [x, filter] = this.inputs as [Reference, Reference];
    const spread = { shape: [5, 5, 3, 4], values: new Float64Array(5 * 5 * 12) };
    for (let tap = 0; tap < 9; tap++) {
      const [row, column] = [2 * Math.floor(tap / 3), 2 * (tap % 3)];
      spread.values.set(filter.values.subarray(12 * tap, 12 * (tap + 1)), 12 * (5 * row + column));
    }
    return convolved(x, spread, { ...three, height: 5, width: 5 });
  },
  differentiated: [],
};

const byHand: Example = {
  name: "a row of 1 2 3 4 under 1 10 100, with zeros beyond both ends",
  run: () => conv2d(tensor4d([1, 2, 3, 4], [1, 1, 4, 1]), tensor4d([1, 10, 100], [1, 3, 1, 1]), 1, "same"),
  expected: [[210, 321, 432, 43]],
};

const notANumber: Example = {
  name: "NaN reaches the outputs that see it, and no others",
  run: () => conv2d(tensor4d([Number.NaN, 2, 3, 4, 5], [1, 1, 5, 1]), tensor4d([1, 10, 100], [1, 3, 1, 1]), 1, "same"),
  expected: [[Number.NaN, Number.NaN, 432, 543, 54]],
};

/** One pixel of 5 × 6, of eight channels, in the third row and fourth column. */
const notANumberInTiles: Example = {
  name: "NaN in one of eight channels likewise, under 3×3",
  run() {
    const values = Array.from({ length: 5 * 6 * 8 }, (_, i) => (i === (2 * 6 + 3) * 8 + 5 ? Number.NaN : 1));
    return conv2d(tensor4d(values, [1, 5, 6, 8]), ones([3, 3, 8, 8]), 1, "valid");
  },
  expected: [Array.from({ length: 3 * 4 * 8 }, (_, i) => (i % 32 < 8 ? 72 : Number.NaN))],
};

export const convolution: Topic = {
  name: "convolution",
  cases: [
    byHand,
    notANumber,
    notANumberInTiles,
    ...grid,
    ...large,
    ...tiled,
    ...rectified,
    ...rectifiedInPrediction,
    dilated,
  ],
};
