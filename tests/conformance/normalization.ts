import { Tlu } from "@em-stellar/nets-emnet";
import type { Tensor } from "@tensorflow/tfjs-core";
import { input, layers, model, type SymbolicTensor } from "@tensorflow/tfjs-layers";
import type { Case, Topic } from "../../packages/kernels/src/testing/case.js";
import { convolved, withBias } from "../../packages/kernels/src/testing/convolution.js";
import { type Reference, sample } from "../../packages/kernels/src/testing/reference.js";
import { enlarged } from "../../packages/kernels/src/testing/resizing.js";
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

interface Before {
  readonly side: 2 | 3;
  readonly filters: number;
  readonly bias: boolean;
  readonly relu: boolean;
  /** Nearest, by 2, before the convolution. */
  readonly enlarge?: true;
}

/** A convolution with a batch normalization behind it, which a prediction may compute in one. */
function behindConvolutionCase(
  shape: readonly number[],
  kind: "training" | "prediction",
  before: Before,
  more: Partial<Case> = {},
): Case {
  const { side, filters, bias: useBias, relu, enlarge = false } = before;
  const [, height, width, inChannels] = shape as [number, number, number, number];
  const x = sample(1, shape);
  const filter = sample(2, [side, side, inChannels, filters]);
  const bias = useBias ? [sample(3, [filters])] : [];
  const scale = [sample(4, [filters], 1.5), sample(5, [filters])];
  const statistics = kind === "prediction" ? [sample(6, [filters]), sample(7, [filters], 2)] : [];
  const window = { height: side, width: side, stride: 1, pad: "same" } as const;
  const inputs = [x, filter, ...bias, ...scale, ...statistics];
  const what = [...(useBias ? ["a bias"] : []), ...(relu ? ["a ReLU"] : []), ...(enlarge ? ["up-sampling"] : [])];
  return {
    name: `behind ${side}×${side} taps in ${kind}, [${shape}] to ${filters} channels, with ${what.join(", ") || "nothing more"}`,
    inputs,
    run([image, ...given], device) {
      const start = input({ shape: shape.slice(1) });
      const convolution = layers.conv2d({ filters, kernelSize: side, padding: "same", useBias });
      const norm = layers.batchNormalization({ epsilon, momentum });
      const chain = [
        ...(enlarge ? [layers.upSampling2d({ size: [2, 2] })] : []),
        ...[convolution, norm],
        ...(relu ? [layers.activation({ activation: "relu" })] : []),
      ];
      const outputs = chain.reduce((symbol, layer) => layer.apply(symbol) as SymbolicTensor, start);
      const own = useBias ? 2 : 1;
      withWeights(convolution, given.slice(0, own));
      withWeights(norm, given.slice(own));
      const prepared = device.prepare(model({ inputs: start, outputs }));
      return prepared.apply(image as Tensor, kind === "training" ? { training: true } : {}) as Tensor;
    },
    expected() {
      const y = convolved(enlarge ? enlarged(x, [2 * height, 2 * width]) : x, filter, window);
      const [shift] = bias;
      const biased = shift ? withBias(y, shift, "linear") : y;
      const [gamma, beta] = scale.map(({ values }) => values) as [Float64Array, Float64Array];
      const { mean, variance } =
        kind === "training"
          ? moments(biased, filters)
          : { mean: statistics[0]?.values ?? [], variance: statistics[1]?.values ?? [] };
      const values = biased.values.map((value, i) => {
        const c = i % filters;
        const normal = (value - (mean[c] as number)) / Math.sqrt((variance[c] as number) + epsilon);
        const normalized = normal * (gamma[c] as number) + (beta[c] as number);
        return relu ? Math.max(0, normalized) : normalized;
      });
      return { shape: biased.shape, values };
    },
    differentiated: kind === "prediction" ? [] : inputs.flatMap((input, i) => (bias.includes(input) ? [] : [i])),
    compared: 4,
    ...more,
  };
}

/** The bias alone, whose gradient is zero: errors are shares of 0.1 then, and where it is added up, terms of about 1 round more than that. */
function biasBeforeNorm(shape: readonly number[], before: Before): Case {
  const item = behindConvolutionCase(shape, "training", before, { differentiated: [2], tolerance: 2e-5 });
  return { ...item, name: `${item.name}, whose gradient is zero` };
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
    ...(["prediction", "training"] as const).flatMap((kind) => [
      behindConvolutionCase([2, 5, 7, 3], kind, { side: 3, filters: 5, bias: true, relu: true }),
      behindConvolutionCase([1, 6, 5, 4], kind, { side: 3, filters: 8, bias: false, relu: false }),
      behindConvolutionCase([2, 3, 5, 3], kind, { side: 2, filters: 7, bias: true, relu: true, enlarge: true }),
      behindConvolutionCase([1, 4, 3, 8], kind, { side: 2, filters: 4, bias: true, relu: false, enlarge: true }),
    ]),
    biasBeforeNorm([2, 5, 6, 3], { side: 3, filters: 4, bias: true, relu: true }),
    biasBeforeNorm([1, 5, 4, 8], { side: 2, filters: 5, bias: true, relu: true, enlarge: true }),
  ],
};
