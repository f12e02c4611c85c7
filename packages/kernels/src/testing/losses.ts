import * as tf from "@tensorflow/tfjs-core";
import { type OverlapLoss, overlapLoss } from "../operations/overlap-loss.js";
import { type PixelLoss, pixelLoss } from "../operations/pixel-loss.js";
import type { Case, Example, Topic } from "./case.js";
import { fill, numbers, type Reference, sample } from "./reference.js";

/** The published formulas, pixel by pixel. */
type Formula = (truth: Reference, prediction: Reference) => number;

function meanOf(pixel: (y: number, p: number) => number): Formula {
  return ({ values: truth }, { values: prediction }) =>
    truth.reduce((total, y, i) => total + pixel(y, prediction[i] as number), 0) / truth.length;
}

function overlapOf(combine: (intersection: number, total: number) => number): Formula {
  return ({ values: truth }, { values: prediction }) => {
    const sum = (value: (i: number) => number) => truth.reduce((total, _, i) => total + value(i), 0);
    const intersection = sum((i) => (truth[i] as number) * (prediction[i] as number));
    return combine(
      intersection,
      sum((i) => (truth[i] as number) + (prediction[i] as number)),
    );
  };
}

const crossEntropy = meanOf((y, p) => -(y * Math.log(p) + (1 - y) * Math.log(1 - p)));
const focalOf = (alpha: number, gamma: number) =>
  meanOf((y, p) => -alpha * y * (1 - p) ** gamma * Math.log(p) - (1 - alpha) * (1 - y) * p ** gamma * Math.log(1 - p));
const jaccardOf = (smooth: number) => overlapOf((i, s) => -Math.log((i + smooth) / (s - i + smooth)));

type Loss = (truth: tf.Tensor4D, prediction: tf.Tensor4D) => tf.Scalar;

const byPixels =
  (numbers: PixelLoss): Loss =>
  (truth, prediction) =>
    pixelLoss(truth, prediction, numbers);
const byOverlap =
  (numbers: OverlapLoss): Loss =>
  (truth, prediction) =>
    overlapLoss(truth, prediction, numbers);
const focal = (alpha: number, gamma: number) => byPixels({ object: alpha, background: 1 - alpha, gamma });
const jaccardLog = (smooth: number) => byOverlap({ numerator: 1, denominator: 1, smooth, logarithm: true });

const binaryCrossEntropy = byPixels({ object: 1, background: 1, gamma: 0 });
const dice = byOverlap({ numerator: 2, denominator: 0, smooth: 1, logarithm: false });
const diceAsPrinted = byOverlap({ numerator: 1, denominator: 0, smooth: 1, logarithm: false });

const forms: readonly (readonly [name: string, loss: Loss, formula: Formula])[] = [
  ["binary cross-entropy", binaryCrossEntropy, crossEntropy],
  ["focal", focal(0.25, 2), focalOf(0.25, 2)],
  ["focal, γ = 1.5", focal(0.6, 1.5), focalOf(0.6, 1.5)],
  ["focal, γ = 0", focal(0.5, 0), focalOf(0.5, 0)],
  ["Jaccard-log", jaccardLog(1), jaccardOf(1)],
  ["Jaccard-log, δ = 0.1", jaccardLog(0.1), jaccardOf(0.1)],
  ["dice", dice, overlapOf((i, s) => -(2 * i + 1) / (s + 1))],
  ["dice as printed", diceAsPrinted, overlapOf((i, s) => -(i + 1) / (s + 1))],
];

type Pixels = readonly [number, number, number, 1];

/** Truth of 0 and 1, about a third of it object. */
function truthOf(shape: Pixels): Reference {
  const next = numbers(11);
  return fill(shape, () => Number(next() < 2 ** 32 / 3));
}

/** Probabilities from 0.01 to 0.99. */
function predictionOf(shape: Pixels): Reference {
  const { values } = sample(12, shape);
  // Rounded to single precision, so that both see the same.
  return { shape, values: values.map((value) => Math.fround(0.5 + 0.49 * value)) };
}

/** One pixel, one row, one column, more than a few vector registers hold, and more than a workgroup of a GPU takes. */
const shapes: readonly Pixels[] = [
  [1, 1, 1, 1],
  [3, 1, 7, 1],
  [2, 5, 1, 1],
  [2, 9, 11, 1],
  [1, 40, 50, 1],
  [1, 95, 97, 1],
];

function lossCase([name, loss, formula]: (typeof forms)[number], shape: Pixels): Case {
  const [truth, prediction] = [truthOf(shape), predictionOf(shape)];
  return {
    name: `${name} of [${shape}]`,
    inputs: [truth, prediction],
    run: ([y, p]) => loss(y as tf.Tensor4D, p as tf.Tensor4D),
    expected: () => ({ shape: [], values: Float64Array.of(formula(truth, prediction)) }),
    differentiated: [1],
    compared: 6,
  };
}

function lossAndGradient(loss: Loss, truth: readonly number[], prediction: readonly number[]): tf.Tensor[] {
  const [y, p] = [truth, prediction].map((values) => tf.tensor4d([...values], [1, 1, values.length, 1])) as [
    tf.Tensor4D,
    tf.Tensor4D,
  ];
  const { value, grad } = tf.valueAndGrad((x) => loss(y, x as tf.Tensor4D))(p);
  return [value, grad];
}

const saturated: readonly Example[] = ([binaryCrossEntropy, focal(0.5, 0)] as const).map((loss, i) => ({
  name: `${["binary cross-entropy", "focal, γ = 0"][i]} counts 0 and 1 as 1e-7 from there, without a gradient`,
  run: () => lossAndGradient(loss, [1, 1], [0, 0]),
  expected: [[-Math.log(1e-7) / (i + 1)], [0, 0]],
  tolerance: 1e-5,
}));

const notANumber: readonly Example[] = forms.map(([name, loss]) => ({
  name: `${name} of NaN is NaN`,
  run: () => lossAndGradient(loss, [0, 1, 0, 1, 0], [0.5, Number.NaN, 0.5, 0.5, 0.5])[0] as tf.Tensor,
  expected: [[Number.NaN]],
}));

/** Equal values are the worst for a long sum: all roundings go the same way. */
const many: Example = {
  name: "a million equal pixels keep four digits",
  run() {
    const shape: [number, number, number, number] = [4, 512, 512, 1];
    const [objects, thirds] = [tf.ones(shape), tf.fill(shape, 1 / 3)] as [tf.Tensor4D, tf.Tensor4D];
    return [binaryCrossEntropy, jaccardLog(1), dice].map((loss) => loss(objects, thirds));
  },
  expected: [[Math.log(3)], [Math.log(3)], [-1 / 2]],
  tolerance: 5e-5,
};

const nothing: Example = {
  name: "nothing there and nothing predicted is perfect overlap",
  run: () => [jaccardLog(1), dice, diceAsPrinted].flatMap((loss) => lossAndGradient(loss, [0, 0], [0, 0])),
  expected: [[0], [1, 1], [-1], [1, 1], [-1], [1, 1]],
  tolerance: 1e-6,
};

export const losses: Topic = {
  name: "losses",
  cases: [
    ...forms.flatMap((loss) => shapes.map((shape) => lossCase(loss, shape))),
    ...saturated,
    ...notANumber,
    many,
    nothing,
  ],
};
