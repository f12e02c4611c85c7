import {
  grads,
  prelu,
  relu,
  reshape,
  sigmoid,
  type Tensor,
  type Tensor1D,
  tensor1d,
  tensor2d,
  zeros,
} from "@tensorflow/tfjs-core";
import { trainableLinearUnit } from "../operations/tlu.js";
import type { Case, Example, Topic } from "./case.js";
import { type Reference, sample } from "./reference.js";

function tlu(x: Tensor, alpha: Tensor, beta: Tensor): Tensor {
  const perChannel = (slopes: Tensor) => reshape(slopes, [-1]) as Tensor1D; // of a layer they are [1, 1, channels]
  return trainableLinearUnit(x, perChannel(alpha), perChannel(beta));
}

/** Fewer and more values than a vector register holds, and no multiple of it. */
const shapes = [
  [2, 3, 5, 1],
  [2, 4, 3, 3],
  [1, 3, 3, 4],
  [2, 3, 5, 6],
  [1, 1, 1, 8],
  [3, 2, 2, 17],
  [1, 30, 41, 5],
  // More channels than a workgroup of a GPU has columns, and more pixels than one of its blocks.
  [1, 1, 3, 260],
  [1, 2, 2, 67],
  [1, 40, 32, 8],
] as const;

function pointwise(name: string, run: (x: Tensor) => Tensor, f: (value: number) => number, scale = 1): Case[] {
  return shapes.map((shape) => {
    const x = sample(6, shape);
    x.values.set(x.values.map((value) => value * scale));
    return {
      name: `${name} of [${shape}]`,
      inputs: [x],
      run: ([a]) => run(a as Tensor),
      expected: () => ({ shape, values: x.values.map(f) }),
    };
  });
}

/** Slopes repeat along the last axes. */
function preluCase(shape: readonly number[], slopes: readonly number[]): Case {
  const [x, alpha] = [sample(6, shape), sample(8, slopes)];
  const { length } = alpha.values;
  return {
    name: `PReLU of [${shape}] with slopes [${slopes}]`,
    inputs: [x, alpha],
    run: ([a, b]) => prelu(a as Tensor, b as Tensor),
    expected: () => ({
      shape,
      values: x.values.map((v, i) => (v > 0 ? v : v * (alpha.values[i % length] as number))),
    }),
  };
}

function tluCase(shape: readonly number[]): Case {
  const channels = shape.at(-1) as number;
  const [x, alpha, beta] = [sample(6, shape), sample(8, [1, 1, channels]), sample(9, [1, 1, channels], 1)];
  const of = ({ values }: Reference, i: number) => values[i % channels] as number;
  return {
    name: `TLU of [${shape}]`,
    inputs: [x, alpha, beta],
    run: ([a, b, c]) => tlu(a as Tensor, b as Tensor, c as Tensor),
    expected: () => ({ shape, values: x.values.map((v, i) => v * (v > 0 ? of(beta, i) : of(alpha, i))) }),
  };
}

/** Values and gradients of an operation on 0, -0, 2 and -1, with 8 for each dy. */
function aroundZero(name: string, operation: (...given: Tensor[]) => Tensor, weights: number[], expected: number[][]) {
  return {
    name: `${name} at 0: its value and its gradients`,
    run() {
      const given = [tensor2d([0, -0, 2, -1], [4, 1]), ...weights.map((weight) => tensor1d([weight]))];
      return [operation(...given), ...grads(operation)(given, tensor2d([8, 8, 8, 8], [4, 1]))];
    },
    expected,
  } satisfies Example;
}

function notANumber(name: string, operation: (x: Tensor) => Tensor): Example {
  return {
    name: `${name} of NaN is NaN`,
    // As many as fill several vector registers, and some more.
    run: () => operation(tensor2d([...Array(19).fill(Number.NaN), 0], [20, 1])),
    expected: [[...Array(19).fill(Number.NaN), name === "sigmoid" ? 0.5 : 0]],
  };
}

export const activations: Topic = {
  name: "activations",
  cases: [
    ...pointwise("ReLU", relu, (v) => Math.max(0, v)),
    ...pointwise("sigmoid", sigmoid, (v) => 1 / (1 + Math.exp(-v)), 8),
    ...shapes.map((shape) => preluCase(shape, [1, 1, shape[3]])),
    preluCase([2, 3, 5, 3], [1, 1, 1]),
    preluCase([1, 17, 33, 2], [1, 1, 1]),
    preluCase([1, 40, 32, 8], [1, 1, 1]),
    preluCase([2, 3, 5, 2], [3, 5, 2]),
    ...shapes.map(tluCase),
    aroundZero(
      "ReLU",
      (x) => relu(x as Tensor),
      [],
      [
        [0, 0, 2, 0],
        [0, 0, 8, 0],
      ],
    ),
    // tfjs takes 0 for negative here.
    aroundZero(
      "PReLU",
      (x, alpha) => prelu(x as Tensor, alpha as Tensor),
      [0.5],
      [[0, 0, 2, -0.5], [4, 4, 8, 4], [-8]],
    ),
    aroundZero(
      "TLU",
      (x, alpha, beta) => tlu(x as Tensor, alpha as Tensor, beta as Tensor),
      [0.5, 3],
      [[0, 0, 6, -0.5], [0, 0, 24, 4], [-8], [16]],
    ),
    notANumber("ReLU", relu),
    notANumber("sigmoid", sigmoid),
    notANumber("PReLU", (x) => prelu(x, tensor1d([0.5]))),
    notANumber("TLU", (x) => tlu(x, tensor1d([0.5]), tensor1d([2]))),
    {
      name: "sigmoid far from 0 is 0 or 1",
      run: () => sigmoid(tensor1d([-1000, -110, 110, 1000])),
      expected: [[0, 0, 1, 1]],
      tolerance: 1e-30,
    },
    {
      name: "TLU of slopes 0 and 1 is ReLU",
      run: () => tlu(tensor2d([-3, -1e-30, 1e-30, 3], [4, 1]), zeros([1]), tensor1d([1])),
      expected: [[0, 0, Math.fround(1e-30), 3]],
    },
  ],
};
