import { type Tensor, type Tensor1D, type Tensor4D, tensor1d, tensor4d } from "@tensorflow/tfjs-core";
import { leakyConvolution, leakyUpConvolution } from "../operations/leaky-convolution.js";
import type { Case, Example, Topic } from "./case.js";
import { convolved, withBias } from "./convolution.js";
import { type Reference, sample } from "./reference.js";
import { enlarged } from "./resizing.js";
import { describeWindow, type Window } from "./window.js";

/** One slope, one for each channel, or two. */
type Unit = "one slope" | "PReLU" | "TLU";
const units: readonly Unit[] = ["one slope", "PReLU", "TLU"];

/** `window` null: behind up-sampling, under 2×2. */
function leakyCase(
  image: readonly [number, number, number],
  [inChannels, outChannels]: readonly [number, number],
  window: Window | null,
  unit: Unit,
  more: Partial<Case> = {},
): Case {
  const [images, height, width] = image;
  const x = sample(1, [images, height, width, inChannels]);
  const filter = sample(2, [window?.height ?? 2, window?.width ?? 2, inChannels, outChannels]);
  const bias = sample(3, [outChannels]);
  const below = sample(8, unit === "one slope" ? [1, 1, 1] : [1, 1, outChannels]);
  const above = sample(9, [1, 1, outChannels], 1);
  return {
    name: `${unit} behind ${window ? describeWindow(window) : "up-sampling and 2×2"}: [${x.shape}] to ${outChannels} channels`,
    inputs: [x, filter, bias, below, ...(unit === "TLU" ? [above] : [])],
    run([a, b, c, d, e]) {
      const given = { x: a as Tensor4D, filter: b as Tensor4D, bias: c as Tensor1D, below: d as Tensor };
      const inputs = { ...given, above: (e as Tensor | undefined) ?? null };
      if (!window) return leakyUpConvolution(inputs);
      return leakyConvolution(inputs, { strides: [window.stride, window.stride], pad: window.pad });
    },
    expected() {
      const y = window
        ? convolved(x, filter, window)
        : convolved(enlarged(x, [2 * height, 2 * width]), filter, { height: 2, width: 2, stride: 1, pad: "same" });
      const { shape, values } = withBias(y, bias, "linear");
      const of = ({ values: slopes }: Reference, i: number) => slopes[i % slopes.length] as number;
      const slopeOf = (value: number, i: number) => (value < 0 ? of(below, i) : unit === "TLU" ? of(above, i) : 1);
      return { shape, values: values.map((value, i) => value * slopeOf(value, i)) };
    },
    ...more,
  };
}

const three: Window = { height: 3, width: 3, stride: 1, pad: "same" };

/** Sides, channels and filters that an implementation may treat apart: narrow, tiled or neither, with a part of a tile left. */
const layers: readonly (readonly [Parameters<typeof leakyCase>[0], readonly [number, number], Window | null])[] = [
  [[1, 5, 70], [3, 1], three],
  [[2, 5, 18], [3, 2], { ...three, pad: "valid" }],
  [[2, 6, 5], [5, 7], three],
  [[1, 7, 9], [4, 13], { ...three, stride: 2 }],
  [[2, 3, 4], [6, 16], { ...three, height: 1, width: 1 }],
  [[1, 6, 7], [3, 21], { ...three, height: 5, width: 2 }],
  [[2, 9, 13], [8, 12], three],
  [[1, 16, 13], [4, 4], three],
  [[2, 6, 6], [16, 20], three],
  [[1, 3, 5], [3, 5], null],
  [[2, 5, 4], [8, 16], null],
  [[1, 1, 2], [4, 12], null],
];

const inPrediction = layers.flatMap(([image, channels, window]) =>
  units.map((unit) => leakyCase(image, channels, window, unit, { differentiated: [] })),
);

const differentiated = [
  leakyCase([1, 4, 5], [2, 3], three, "one slope"),
  leakyCase([2, 6, 6], [8, 8], three, "PReLU"),
  leakyCase([1, 5, 4], [4, 8], { ...three, stride: 2 }, "TLU"),
  leakyCase([1, 3, 2], [3, 4], null, "PReLU"),
  leakyCase([1, 2, 3], [4, 5], null, "TLU"),
];

const byHand: Example = {
  name: "-2 -1 0 1 2 times 3 with slopes of 0.5 and 10",
  run: () =>
    leakyConvolution(
      {
        x: tensor4d([-2, -1, 0, 1, 2], [1, 1, 5, 1]),
        filter: tensor4d([3], [1, 1, 1, 1]),
        bias: null,
        below: tensor1d([0.5]),
        above: tensor1d([10]),
      },
      { strides: [1, 1], pad: "same" },
    ),
  expected: [[-3, -1.5, 0, 30, 60]],
};

/** One pixel of 6 × 6, of eight channels, in the second row and third column. */
const notANumberInTiles: Example = {
  name: "NaN in one of eight channels reaches the outputs that see it, and no others, under 3×3",
  run() {
    const values = Array.from({ length: 6 * 6 * 8 }, (_, i) => (i === (1 * 6 + 2) * 8 + 5 ? Number.NaN : 1));
    const filter = tensor4d(Array<number>(9 * 8 * 8).fill(-1), [3, 3, 8, 8]);
    const given = { x: tensor4d(values, [1, 6, 6, 8]), filter, bias: null };
    const slopes = { below: tensor1d([0.5, 0.25, 2, 1, 0.5, 0.25, 2, 1]), above: null };
    return leakyConvolution({ ...given, ...slopes }, { strides: [1, 1], pad: "valid" });
  },
  expected: [
    Array.from({ length: 4 * 4 * 8 }, (_, i) => {
      const [row, column] = [Math.floor(i / 32), Math.floor(i / 8) % 4];
      return row <= 1 && column <= 2 ? Number.NaN : -72 * ([0.5, 0.25, 2, 1][i % 4] as number);
    }),
  ],
};

export const leakyConvolutions: Topic = {
  name: "convolution and a leaky unit in one",
  cases: [byHand, notANumberInTiles, ...inPrediction, ...differentiated],
};
