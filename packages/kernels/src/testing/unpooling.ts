import { grad, type Tensor, type Tensor4D, tensor4d } from "@tensorflow/tfjs-core";
import { maxPoolWithIndices, maxUnpool } from "../operations/max-unpool.js";
import type { Case, Example, Topic } from "./case.js";
import { pooled } from "./pooling.js";
import { apart, fill, type Reference, sample } from "./reference.js";
import { eachTap, type Window } from "./window.js";

export const two: Window = { height: 2, width: 2, stride: 2, pad: "valid" };

/** The place of the first maximum of each 2×2 window: 0 top left, 1 top right, 2 bottom left, 3 bottom right. */
export function indicesOf(x: Reference): Reference {
  const channels = x.shape[3] as number;
  const { shape, values: maxima } = pooled(x, two);
  const indices = new Float64Array(maxima.length).fill(-1);
  eachTap(x.shape, two, (output, tap, input) => {
    for (let c = 0; c < channels; c++) {
      const at = output * channels + c;
      if (indices[at] === -1 && x.values[input * channels + c] === maxima[at]) indices[at] = tap;
    }
  });
  return { shape, values: indices, dtype: "int32" };
}

/** Every value of x at its place in its 2×2 window, zeros elsewhere. */
export function unpooled(x: Reference, indices: Reference): Reference {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const shape = [batch, 2 * height, 2 * width, channels];
  const out = fill(shape, () => 0);
  eachTap(shape, two, (output, tap, input) => {
    for (let c = 0; c < channels; c++) {
      const from = output * channels + c;
      if (indices.values[from] === tap) out.values[input * channels + c] = x.values[from] as number;
    }
  });
  return out;
}

function pool(x: Tensor): [Tensor, Tensor] {
  const { pooled, indices } = maxPoolWithIndices(x as Tensor4D);
  return [pooled, indices];
}

/** Even sides. */
export const images = [
  [1, 2, 2, 1],
  [2, 4, 6, 3],
  [3, 2, 8, 4],
  [1, 6, 2, 5],
  [2, 4, 4, 19],
] as const;

function poolingCase(shape: readonly number[], shift: number): Case {
  const x = apart(4, shape, shift);
  return {
    name: `max pooling with indices of [${shape}]${shift < 0 ? ", all negative" : ""}`,
    inputs: [x],
    run: ([a]) => pool(a as Tensor),
    expected: () => [pooled(x, two), indicesOf(x)],
  };
}

function unpoolingCase(shape: readonly number[]): Case {
  const [batch, height, width, channels] = shape as [number, number, number, number];
  const x = sample(5, [batch, height / 2, width / 2, channels]);
  const indices = indicesOf(apart(6, shape));
  return {
    name: `max un-pooling to [${shape}]`,
    inputs: [x, indices],
    run: ([a, b]) => maxUnpool(a as Tensor4D, b as Tensor4D),
    expected: () => unpooled(x, indices),
    differentiated: [0],
  };
}

const ties: Example = {
  name: "of equal values, max pooling with indices takes the first",
  run() {
    const x = tensor4d([5, 5, 1, 2, 0, 5, 2, 1], [1, 2, 4, 1]);
    return [...pool(x), grad((a) => pool(a)[0])(x, tensor4d([7, 9], [1, 1, 2, 1]))];
  },
  expected: [
    [5, 2],
    [0, 1],
    [7, 0, 0, 9, 0, 0, 0, 0],
  ],
};

export const unpooling: Topic = {
  name: "max pooling with indices",
  cases: [
    ...images.flatMap((shape) => [poolingCase(shape, 0), poolingCase(shape, -5)]),
    ...images.map(unpoolingCase),
    ties,
  ],
};
