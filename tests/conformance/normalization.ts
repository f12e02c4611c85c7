import { Tlu } from "@em-stellar/nets-emnet";
import type { Tensor } from "@tensorflow/tfjs-core";
import { input, layers, model, type SymbolicTensor } from "@tensorflow/tfjs-layers";
import type { Case, Topic } from "../../packages/kernels/src/testing/case.js";
import { type Reference, sample } from "../../packages/kernels/src/testing/reference.js";
import { withWeights } from "./own-weights.js";

const epsilon = 1e-3;
const momentum = 0.75; // exact in single precision

/** Mean and biased variance of each channel. */
function moments({ values }: Reference, channels: number): { mean: number[]; variance: number[] } {
  const count = values.length / channels;
  const mean = Array<number>(channels).fill(0);
  const variance = Array<number>(channels).fill(0);
  for (const [i, value] of values.entries()) mean[i % channels] = (mean[i % channels] as number) + value / count;
  for (const [i, value] of values.entries()) {
    const c = i % channels;
    variance[c] = (variance[c] as number) + (value - (mean[c] as number)) ** 2 / count;
  }
  return { mean, variance };
}

/** What follows the normalization: the layer, its slopes, and what it does to one value. */
interface Follower {
  readonly name: string;
  layer(): layers.Layer;
  slopes(channels: number): Reference[];
  activate(value: number, channel: number, slopes: readonly Reference[]): number;
}

const slope = (slopes: readonly Reference[], which: number, channel: number): number => {
  const { values } = slopes[which] as Reference;
  return values[channel % values.length] as number;
};

export const followers: readonly Follower[] = [
  {
    name: "ReLU",
    layer: () => layers.activation({ activation: "relu" }),
    slopes: () => [],
    activate: (value) => Math.max(0, value),
  },
  {
    name: "a ReLU layer",
    layer: () => layers.reLU(),
    slopes: () => [],
    activate: (value) => Math.max(0, value),
  },
  {
    name: "PReLU of one slope per channel",
    layer: () => layers.prelu({ sharedAxes: [1, 2] }),
    slopes: (channels) => [sample(5, [1, 1, channels])],
    activate: (value, c, slopes) => (value > 0 ? value : value * slope(slopes, 0, c)),
  },
  {
    name: "PReLU of one slope",
    layer: () => layers.prelu({ sharedAxes: [1, 2, 3] }),
    slopes: () => [sample(5, [1, 1, 1])],
    activate: (value, c, slopes) => (value > 0 ? value : value * slope(slopes, 0, c)),
  },
  {
    name: "TLU",
    layer: () => new Tlu({}),
    slopes: (channels) => [sample(5, [1, 1, channels]), sample(6, [1, 1, channels], 1)],
    activate: (value, c, slopes) => value * slope(slopes, value > 0 ? 1 : 0, c),
  },
  {
    name: "a sigmoid, which stays apart",
    layer: () => layers.activation({ activation: "sigmoid" }),
    slopes: () => [],
    activate: (value) => 1 / (1 + Math.exp(-value)),
  },
];

/** A model of a normalization and what follows, both with the given tensors as weights. */
function networkOf(
  [, ...shape]: readonly number[],
  follower: Follower | undefined,
  weights: { gamma: Tensor; beta: Tensor; slopes: readonly Tensor[] },
) {
  const image = input({ shape: [...shape] });
  const norm = layers.batchNormalization({ epsilon, momentum });
  const after = follower?.layer();
  const normalized = norm.apply(image) as SymbolicTensor;
  const outputs = after ? (after.apply(normalized) as SymbolicTensor) : normalized;
  withWeights(norm, [weights.gamma, weights.beta]);
  if (after) withWeights(after, weights.slopes);
  return { network: model({ inputs: image, outputs }), norm };
}

export function trainingCase(
  shape: readonly number[],
  centre: number,
  follower?: Follower,
  more: Partial<Case> = {},
): Case {
  const channels = shape.at(-1) as number;
  const [x, gamma, beta] = [sample(1, shape, centre), sample(2, [channels], 0.5), sample(3, [channels])];
  const slopes = follower?.slopes(channels) ?? [];
  return {
    name: `in training, [${shape}]${centre === 0 ? "" : ` around ${centre}`}${follower ? `, then ${follower.name}` : ""}`,
    inputs: [x, gamma, beta, ...slopes],
    run([image, scale, shift, ...given], device) {
      const weights = { gamma: scale as Tensor, beta: shift as Tensor, slopes: given };
      const { network, norm } = networkOf(shape, follower, weights);
      const y = device.prepare(network).apply(image as Tensor, { training: true }) as Tensor;
      const [movingMean, movingVariance] = norm.weights.slice(2).map((weight) => weight.read().clone());
      return [y, movingMean as Tensor, movingVariance as Tensor];
    },
    expected() {
      const { mean, variance } = moments(x, channels);
      const values = x.values.map((value, i) => {
        const c = i % channels;
        const normal = (value - (mean[c] as number)) / Math.sqrt((variance[c] as number) + epsilon);
        const y = normal * (gamma.values[c] as number) + (beta.values[c] as number);
        return follower ? follower.activate(y, c, slopes) : y;
      });
      const moved = (start: number, batch: readonly number[]): Reference => ({
        shape: [channels],
        values: Float64Array.from(batch, (value) => start * momentum + value * (1 - momentum)),
      });
      return [{ shape, values }, moved(0, mean), moved(1, variance)];
    },
    ...more,
  };
}

function predictionCase(shape: readonly number[]): Case {
  const channels = shape.at(-1) as number;
  const parts = [sample(2, [channels], 0.5), sample(3, [channels]), sample(4, [channels]), sample(5, [channels], 2)];
  const [gamma, beta, mean, variance] = parts as [Reference, Reference, Reference, Reference];
  const x = sample(1, shape);
  return {
    name: `in prediction, [${shape}]`,
    inputs: [x, ...parts],
    run([image, scale, shift, ...statistics], device) {
      const weights = { gamma: scale as Tensor, beta: shift as Tensor, slopes: [] };
      const { network, norm } = networkOf(shape, undefined, weights);
      withWeights(norm, [scale as Tensor, shift as Tensor, ...statistics]);
      return device.prepare(network).apply(image as Tensor) as Tensor;
    },
    expected: () => ({
      shape,
      values: x.values.map((value, i) => {
        const c = i % channels;
        const normal = (value - (mean.values[c] as number)) / Math.sqrt((variance.values[c] as number) + epsilon);
        return normal * (gamma.values[c] as number) + (beta.values[c] as number);
      }),
    }),
    differentiated: [],
  };
}

/** One pixel, one channel, fewer and more values than a vector register holds, and no multiple of it. */
const shapes = [
  [2, 4, 5, 3],
  [3, 3, 3, 1],
  [2, 3, 3, 17],
  [1, 6, 7, 8],
  [2, 5, 3, 5],
  [1, 4, 4, 12],
] as const;

export const normalization: Topic = {
  name: "batch normalization",
  cases: [
    ...shapes.map((shape) => trainingCase(shape, 0)),
    // One value a channel: the variance is 0, and what is left of it in single precision must not show.
    trainingCase([1, 1, 1, 2], 0),
    trainingCase([3, 1, 1, 1], 0),
    trainingCase([1, 8, 8, 2], 40),
    trainingCase([1, 40, 32, 1], 1000, undefined, { compared: 4, tolerance: 1e-5 }),
    // More channels than a workgroup of a GPU has columns, and more pixels than one of its blocks.
    trainingCase([2, 30, 35, 3], 0, undefined, { compared: 4 }),
    trainingCase([1, 40, 32, 8], 0, undefined, { compared: 4 }),
    ...followers.flatMap((follower) =>
      [
        [1, 2, 3, 260],
        [2, 1, 2, 67],
        [1, 40, 32, 8],
      ].map((shape) => trainingCase(shape, 0, follower, { compared: 4 })),
    ),
    ...followers.flatMap((follower) => shapes.map((shape) => trainingCase(shape, 0, follower))),
    ...shapes.map(predictionCase),
  ],
};
