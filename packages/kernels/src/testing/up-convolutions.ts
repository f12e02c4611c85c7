import { type Tensor1D, type Tensor4D, tensor1d, tensor4d } from "@tensorflow/tfjs-core";
import { upConvolution } from "../operations/up-convolution.js";
import type { Case, Example, Topic } from "./case.js";
import { convolved, withBias } from "./convolution.js";
import { sample } from "./reference.js";
import { enlarged } from "./resizing.js";
import type { Window } from "./window.js";

const two: Window = { height: 2, width: 2, stride: 1, pad: "same" };

function upCase(
  shape: readonly [number, number, number, number],
  outChannels: number,
  more: {
    readonly bias?: boolean;
    readonly activation?: "linear" | "relu";
    readonly mean?: number;
  } & Partial<Case> = {},
): Case {
  const { bias: hasBias = false, activation = "linear", mean = 0, ...rest } = more;
  const [, height, width, channels] = shape;
  const x = sample(1, shape, mean);
  const filter = sample(2, [2, 2, channels, outChannels]);
  const bias = sample(3, [outChannels]);
  const options = [
    ...(hasBias ? ["a bias"] : []),
    ...(activation === "relu" ? ["a ReLU"] : []),
    ...(mean === 0 ? [] : [`a mean of ${mean}`]),
    ...(rest.differentiated ? ["no gradient"] : []),
  ];
  return {
    name: `[${shape}] to ${outChannels} channels${options.map((option, i) => `${i === 0 ? ", with " : " and "}${option}`).join("")}`,
    inputs: hasBias ? [x, filter, bias] : [x, filter],
    run: ([a, b, c]) => upConvolution(a as Tensor4D, b as Tensor4D, (c as Tensor1D | undefined) ?? null, activation),
    expected: () => {
      const y = convolved(enlarged(x, [2 * height, 2 * width]), filter, two);
      return hasBias ? withBias(y, bias, activation) : y;
    },
    ...rest,
  };
}

const byHand: Example = {
  name: "1 2 above 3 4 under 1 10 above 100 1000",
  run: () =>
    upConvolution(tensor4d([1, 2, 3, 4], [1, 2, 2, 1]), tensor4d([1, 10, 100, 1000], [2, 2, 1, 1]), tensor1d([5])),
  expected: [[1116, 2126, 2227, 207, 3316, 4326, 4427, 407, 3338, 4348, 4449, 409, 38, 48, 49, 9]],
};

const notANumber: Example = {
  name: "NaN reaches the outputs that see it, and no others",
  run: () => upConvolution(tensor4d([1, Number.NaN, 3, 4], [1, 1, 4, 1]), tensor4d([1, 1, 0, 0], [2, 2, 1, 1]), null),
  expected: [[2, Number.NaN, Number.NaN, Number.NaN, 6, 7, 8, 4, 2, Number.NaN, Number.NaN, Number.NaN, 6, 7, 8, 4]],
};

export const upConvolutions: Topic = {
  name: "up-sampling and convolution in one",
  cases: [
    byHand,
    notANumber,
    upCase([1, 1, 1, 1], 1),
    upCase([2, 3, 5, 3], 5, { bias: true }),
    upCase([1, 7, 1, 8], 8, { bias: true, activation: "relu", compared: 6 }),
    upCase([2, 1, 6, 5], 9, { bias: true, activation: "relu", differentiated: [] }),
    upCase([3, 4, 4, 16], 8, { compared: 6 }),
    upCase([1, 5, 7, 19], 12, { bias: true, compared: 4 }),
    upCase([2, 6, 6, 12], 20, { bias: true, mean: 3, compared: 4 }),
    // More than one block of pixels, and more than one share of channels.
    upCase([1, 13, 17, 9], 11, { bias: true, activation: "relu", compared: 3 }),
    upCase([2, 9, 11, 32], 16, { compared: 2 }),
    upCase([3, 5, 3, 20], 72, { bias: true, compared: 2 }),
    upCase([2, 3, 37, 33], 4, { bias: true, activation: "relu", compared: 2 }),
    // Enough pixels for the gradient of the filter to be added up in parts.
    upCase([3, 29, 31, 4], 5, { bias: true, compared: 3 }),
    upCase([1, 50, 43, 2], 8, { compared: 3 }),
  ],
};
