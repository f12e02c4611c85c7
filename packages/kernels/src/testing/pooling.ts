import { grad, maxPool, type Tensor4D, tensor4d } from "@tensorflow/tfjs-core";
import type { Case, Example, Topic } from "./case.js";
import { apart, type Reference, sizeOf } from "./reference.js";
import { describeWindow, eachTap, outputOf, type Window } from "./window.js";

export function pooled(x: Reference, window: Window): Reference {
  const channels = x.shape[3] as number;
  const shape = [...outputOf(x.shape, window), channels];
  const values = new Float64Array(sizeOf(shape)).fill(Number.NEGATIVE_INFINITY);
  eachTap(x.shape, window, (output, _tap, input) => {
    for (let channel = 0; channel < channels; channel++) {
      const to = output * channels + channel;
      values[to] = Math.max(values[to] as number, x.values[input * channels + channel] as number);
    }
  });
  return { shape, values };
}

const two: Window = { height: 2, width: 2, stride: 2, pad: "valid" };
const windows: readonly Window[] = [
  two,
  { ...two, pad: "same" },
  { height: 3, width: 3, stride: 2, pad: "valid" },
  { height: 3, width: 3, stride: 2, pad: "same" },
  { height: 3, width: 3, stride: 1, pad: "same" },
];
/** With the channels. */
const images = [
  [1, 1, 1, 2],
  [2, 4, 6, 3],
  [3, 4, 4, 1],
  [1, 5, 7, 5],
  [2, 7, 6, 4],
  [1, 6, 1, 8],
  [1, 1, 9, 7],
  [1, 8, 4, 17],
] as const;

function poolingCase(image: readonly number[], window: Window, shift: number): Case {
  const x = apart(4, image, shift);
  return {
    name: `${describeWindow(window)}: [${image}]${shift < 0 ? ", all negative" : ""}`,
    inputs: [x],
    run: ([a]) => maxPool(a as Tensor4D, [window.height, window.width], window.stride, window.pad),
    expected: () => pooled(x, window),
  };
}

const grid = windows.flatMap((window) =>
  images
    .filter((image) => outputOf(image, window).every((side) => side > 0))
    .flatMap((image) => [poolingCase(image, window, 0), poolingCase(image, window, -5)]),
);

function poolOf(values: readonly number[], [height, width]: readonly [number, number], window: Window) {
  const pool = (x: Tensor4D) => maxPool(x, [window.height, window.width], window.stride, window.pad);
  return { x: tensor4d([...values], [1, height, width, 1]), pool };
}

function tie(name: string, value: number): Example {
  return {
    name: `of equal values (${name}) the first gets the gradient`,
    run() {
      const { x, pool } = poolOf(Array(8).fill(value), [2, 4], two);
      return [pool(x), grad((a) => pool(a as Tensor4D))(x, tensor4d([7, 9], [1, 1, 2, 1]))];
    },
    expected: [
      [value, value],
      [7, 0, 9, 0, 0, 0, 0, 0],
    ],
  };
}

function overlapping(name: string, values: readonly number[], dx: readonly number[]): Example {
  return {
    name: `windows that overlap ${name}`,
    run() {
      const { x, pool } = poolOf(values, [1, 5], { ...two, height: 1, width: 3 });
      return [pool(x), grad((a) => pool(a as Tensor4D))(x, tensor4d([2, 5], [1, 1, 2, 1]))];
    },
    expected: [[-1, -1], dx],
  };
}

const infinite: Example = {
  name: "a window of negative infinities gives one, and its gradient goes to the first",
  run() {
    const { x, pool } = poolOf(Array(4).fill(Number.NEGATIVE_INFINITY), [2, 2], two);
    return [pool(x), grad((a) => pool(a as Tensor4D))(x, tensor4d([3], [1, 1, 1, 1]))];
  },
  expected: [[Number.NEGATIVE_INFINITY], [3, 0, 0, 0]],
};

const notANumber: Example = {
  name: "a window with NaN gives NaN",
  run() {
    const { x, pool } = poolOf([1, Number.NaN, 2, 3, 4, 5, 6, 7], [2, 4], two);
    return pool(x);
  },
  expected: [[Number.NaN, 7]],
};

export const pooling: Topic = {
  name: "max pooling",
  cases: [
    tie("zeros", 0),
    tie("negative", -2),
    tie("positive", 3),
    overlapping("in their maximum add up there", [-3, -3, -1, -3, -3], [0, 0, 7, 0, 0]),
    overlapping("in one of two equal maxima each take their first", [-1, -3, -1, -3, -1], [2, 0, 5, 0, 0]),
    infinite,
    notANumber,
    ...grid,
  ],
};
