import * as tf from "@tensorflow/tfjs-core";
import type { Case, Example, Topic } from "./case.js";
import { fill, type Reference, sample } from "./reference.js";

type Shape = readonly number[];

/** Which element of a tensor broadcasting puts beside element `index` of the result. */
function beside(result: Shape, index: number, { shape, values }: Reference): number {
  let [at, step, rest] = [0, 1, index];
  for (let axis = 1; axis <= result.length; axis++) {
    const [side, own] = [result.at(-axis) as number, shape.at(-axis) ?? 1];
    if (own > 1) at += (rest % side) * step;
    step *= own;
    rest = Math.floor(rest / side);
  }
  return values[at] as number;
}

interface Binary {
  readonly name: string;
  readonly run: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;
  readonly f: (a: number, b: number) => number;
  /** Moves the second operand away from 0. */
  readonly shift: number;
}

const binaries: readonly Binary[] = [
  { name: "sum", run: tf.add, f: (a, b) => a + b, shift: 0 },
  { name: "difference", run: tf.sub, f: (a, b) => a - b, shift: 0 },
  { name: "product", run: tf.mul, f: (a, b) => a * b, shift: 0 },
  { name: "quotient", run: tf.div, f: (a, b) => a / b, shift: 2 },
];

const image = [2, 3, 5, 4] as const;
/** The larger first, or alike. */
const pairs: readonly (readonly [Shape, Shape])[] = [
  [image, image],
  [image, [4]],
  [image, []],
  [image, [2, 1, 1, 4]],
  [image, [2, 3, 1, 1]],
  [
    [2, 8],
    [1, 1],
  ],
  [[17], [17]],
  [[], []],
];

/** Of alike shapes only: its gradient fails on others (docs/tfjs-bugs.md), and no network asks for it. */
const maximum: Binary = { name: "maximum", run: tf.maximum, f: (a, b) => Math.max(a, b), shift: 0 };

function binaryCase({ name, run, f, shift }: Binary, left: Shape, right: Shape): Case {
  const [a, b] = [sample(1, left), sample(2, right, shift)];
  const result = left.length >= right.length && a.values.length >= b.values.length ? left : right;
  return {
    name: `${name} of [${left}] and [${right}]`,
    inputs: [a, b],
    run: ([x, y]) => run(x as tf.Tensor, y as tf.Tensor),
    expected: () => fill(result, (i) => f(beside(result, i, a), beside(result, i, b))),
  };
}

interface Unary {
  readonly name: string;
  readonly run: (x: tf.Tensor) => tf.Tensor;
  readonly f: (x: number) => number;
  readonly shift?: number;
}

const unaries: readonly Unary[] = [
  { name: "logarithm", run: tf.log, f: Math.log, shift: 2 },
  { name: "square", run: tf.square, f: (x) => x * x },
  { name: "root", run: tf.sqrt, f: Math.sqrt, shift: 2 },
  { name: "inverse root", run: tf.rsqrt, f: (x) => 1 / Math.sqrt(x), shift: 2 },
  { name: "negative", run: tf.neg, f: (x) => -x },
  { name: "largest whole number below", run: tf.floor, f: Math.floor },
  { name: "step", run: (x) => tf.step(x), f: (x) => Number(x > 0) },
  { name: "power 1.5", run: (x) => tf.pow(x, 1.5), f: (x) => x ** 1.5, shift: 2 },
  {
    name: "values kept in [-0.5, 0.5]",
    run: (x) => tf.clipByValue(x, -0.5, 0.5),
    f: (x) => Math.min(0.5, Math.max(-0.5, x)),
  },
  {
    name: "copy, cast to its own type, and square",
    run: (x) => tf.square(tf.cast(tf.clone(x), "float32")),
    f: (x) => x * x,
  },
  { name: "other shape, and square", run: (x) => tf.square(tf.reshape(x, [6, 20])), f: (x) => x * x },
];

function unaryCase({ name, run, f, shift = 0 }: Unary): Case {
  const x = sample(6, image, shift);
  return {
    name,
    inputs: [x],
    run: ([a]) => tf.reshape(run(a as tf.Tensor), [...image]),
    expected: () => ({ shape: image, values: x.values.map(f) }),
  };
}

type Reduction = (x: tf.Tensor, axes: number[] | undefined, keepDims: boolean) => tf.Tensor;

/** Sums, or means, over some axes; all if none are named. */
function reductionCase(
  kind: "sum" | "mean",
  shape: Shape,
  axes: readonly number[] | undefined,
  keepDims = false,
): Case {
  const x = sample(9, shape);
  const reduced = (axis: number) => axes === undefined || axes.includes(axis);
  const kept = shape.map((side, axis) => (reduced(axis) ? 1 : side));
  const result = keepDims ? kept : kept.filter((_, axis) => !reduced(axis));
  const run: Reduction = kind === "sum" ? tf.sum : tf.mean;
  return {
    name: `${kind} of [${shape}] over ${axes ? `axes ${axes.join(", ")}` : "all"}${keepDims ? ", of which 1 is left" : ""}`,
    inputs: [x],
    run: ([a]) => run(a as tf.Tensor, axes && [...axes], keepDims),
    expected() {
      const sums = fill(result, () => 0);
      // Number each sum, and let broadcasting say to which one a value belongs.
      const number: Reference = fill(kept, (i) => i);
      for (const [i, value] of x.values.entries()) {
        const to = beside(shape, i, number);
        sums.values[to] = (sums.values[to] as number) + value;
      }
      const count = kind === "mean" ? x.values.length / sums.values.length : 1;
      return { shape: result, values: sums.values.map((sum) => sum / count) };
    },
  };
}

const reductions = (["sum", "mean"] as const).flatMap((kind) => [
  reductionCase(kind, image, undefined),
  reductionCase(kind, image, [0, 1, 2]),
  reductionCase(kind, [2, 3, 5, 7], [0, 1, 2], true),
  reductionCase(kind, [3, 2, 2, 17], [0, 1, 2]),
  reductionCase(kind, [1, 30, 41, 5], [0, 1, 2]),
  reductionCase(kind, [1, 40, 32, 8], [0, 1, 2]),
  reductionCase(kind, [2, 3, 260], [0, 1]),
  reductionCase(kind, [2, 2, 67], [0, 1]),
  reductionCase(kind, [90, 101], undefined),
  reductionCase(kind, [91, 101], undefined),
  reductionCase(kind, [2, 6, 5, 1], [0, 1, 2]),
  reductionCase(kind, [3, 4, 5, 1], [2, 3]),
  reductionCase(kind, [3, 4], undefined),
  reductionCase(kind, [3, 4], [1]),
  reductionCase(kind, [7], undefined),
]);

function productCase(transposeA: boolean, transposeB: boolean): Case {
  const [rows, inner, columns] = [7, 5, 9];
  const a = sample(1, transposeA ? [inner, rows] : [rows, inner]);
  const b = sample(2, transposeB ? [columns, inner] : [inner, columns]);
  const name = `${transposeA ? "transposed " : ""}[${a.shape}] times ${transposeB ? "transposed " : ""}[${b.shape}]`;
  return {
    name: `matrix product, ${name}`,
    inputs: [a, b],
    run: ([x, y]) => tf.matMul(x as tf.Tensor, y as tf.Tensor, transposeA, transposeB),
    expected: () =>
      fill([rows, columns], (i) => {
        const [row, column] = [Math.floor(i / columns), i % columns];
        let sum = 0;
        for (let k = 0; k < inner; k++) {
          const left = a.values[transposeA ? k * rows + row : row * inner + k] as number;
          sum += left * (b.values[transposeB ? column * inner + k : k * columns + column] as number);
        }
        return sum;
      }),
  };
}

const choice: Case = {
  name: "one of two by a condition",
  inputs: [sample(6, image), sample(7, image), sample(8, image)],
  run: ([a, b, c]) => tf.where(tf.greater(c as tf.Tensor, 0), a as tf.Tensor, b as tf.Tensor),
  expected() {
    const [a, b, c] = this.inputs.map(({ values }) => values) as [Float64Array, Float64Array, Float64Array];
    return fill(image, (i) => ((c[i] as number) > 0 ? a : b)[i] as number);
  },
  differentiated: [0, 1],
};

const examples: readonly Example[] = [
  {
    name: "greater and equal, as numbers, whole numbers too",
    run: () => {
      const [x, n] = [tf.tensor1d([1, 2, 3]), tf.tensor1d([1, 2, 3], "int32")];
      return [tf.greater(x, 2), tf.equal(x, 2), tf.equal(n, tf.scalar(3, "int32"))].map((is) => tf.cast(is, "float32"));
    },
    expected: [
      [0, 0, 1],
      [0, 1, 0],
      [0, 0, 1],
    ],
  },
  {
    name: "a choice between whole numbers, one of them for all places",
    run: () =>
      tf.where<tf.Tensor>(
        tf.tensor1d([true, false, true], "bool"),
        tf.scalar(7, "int32"),
        tf.tensor1d([1, 2, 3], "int32"),
      ),
    expected: [[7, 2, 7]],
  },
  {
    name: "zeros like a tensor, and one value repeated",
    run: () => [tf.zerosLike(tf.ones([3])), tf.tile(tf.tensor2d([[4]], undefined, "int32"), [2, 3])],
    expected: [
      [0, 0, 0],
      [4, 4, 4, 4, 4, 4],
    ],
  },
  {
    name: "whole numbers cut, joined and compared stay whole",
    run: () => {
      const n = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3], "int32");
      return tf.concat([tf.slice(n, [0, 1], [2, 2]), tf.slice(n, [0, 0], [2, 1])], 1);
    },
    expected: [[2, 3, 1, 5, 6, 4]],
  },
  {
    name: "an image mirrored at its edges",
    run: () => {
      const margin: [number, number] = [1, 1];
      return tf.mirrorPad(tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]), [[0, 0], margin, margin, [0, 0]], "symmetric");
    },
    expected: [[1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4]],
  },
  {
    name: "images with a number for each: sum, difference, product, quotient and power",
    run: () => {
      const images = tf.tensor4d([1, 2, 3, 4, 4, 3, 2, 1], [2, 2, 2, 1]);
      const [two, four] = [tf.tensor4d([2, 3], [2, 1, 1, 1]), tf.tensor4d([2, 4], [2, 1, 1, 1])];
      return [tf.add(images, two), tf.sub(images, two), tf.mul(images, two), tf.div(images, four), tf.pow(images, two)];
    },
    expected: [
      [3, 4, 5, 6, 7, 6, 5, 4],
      [-1, 0, 1, 2, 1, 0, -1, -2],
      [2, 4, 6, 8, 12, 9, 6, 3],
      [0.5, 1, 1.5, 2, 1, 0.75, 0.5, 0.25],
      [1, 4, 9, 16, 64, 27, 8, 1],
    ],
    tolerance: 1e-4, // the power is one of logarithms
  },
  {
    name: "the mean of each image, no less than a number",
    run: () => {
      const means = tf.mean(tf.tensor4d([1, 2, 3, 4, 4, 4, 2, 4], [2, 2, 2, 1]), [1, 2], true);
      return [means, tf.maximum(means, 3), tf.maximum(tf.scalar(2), tf.scalar(5))];
    },
    expected: [[2.5, 3.5], [3, 3.5], [5]],
  },
  {
    name: "infinities and NaN go through",
    run: () => {
      const x = tf.tensor1d([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN]);
      return [tf.add(x, 1), tf.mul(x, 2), tf.sum(x), tf.mean(x), tf.log(tf.tensor1d([0, Number.POSITIVE_INFINITY]))];
    },
    expected: [
      [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN],
      [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN],
      [Number.NaN],
      [Number.NaN],
      [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
    ],
  },
];

export const arithmetic: Topic = {
  name: "arithmetic",
  cases: [
    ...binaries.flatMap((binary) =>
      pairs.flatMap(([large, small]) =>
        String(large) === String(small)
          ? [binaryCase(binary, large, small)]
          : [binaryCase(binary, large, small), binaryCase(binary, small, large)],
      ),
    ),
    binaryCase(maximum, image, image),
    binaryCase(maximum, [17], [17]),
    ...unaries.map(unaryCase),
    ...reductions,
    productCase(false, false),
    productCase(true, false),
    productCase(false, true),
    choice,
    ...examples,
  ],
};
