import type { Layer, OperationCount } from "@em-stellar/core/training";
import type { Shape } from "@tensorflow/tfjs-layers";
import { valuesOf } from "./values-of.js";

/** What rules look at: a layer's configuration, its weights, what goes in and what comes out. */
interface Use {
  readonly config: ReturnType<Layer["getConfig"]>;
  /** Shapes of the weights, the kernel first. */
  readonly weights: readonly Shape[];
  readonly inputs: readonly Shape[];
  /** Numbers in the output. */
  readonly values: number;
}

/** What a layer computes for one image, or nothing where that cannot be told. */
type Rule = (use: Use) => OperationCount | undefined;

/** Operations on each value of an activation function; one exponential, logarithm or maximum is one operation. */
const activations = new Map([
  ["linear", 0],
  ["relu", 1],
  ["relu6", 2],
  ["elu", 3],
  ["selu", 4],
  ["hardSigmoid", 4],
  ["sigmoid", 4],
  ["softplus", 3],
  ["softsign", 3],
  ["tanh", 5],
  ["softmax", 5],
  ["swish", 5],
]);

const nothing: Rule = () => ({ macs: 0, other: 0 });
/** So many operations on each value that comes out, all of which TensorFlow's profiler counts. */
const profiled =
  (operations: number): Rule =>
  ({ values }) => ({ macs: 0, other: operations * values });
/** So many operations on each value that comes out, none of which TensorFlow's profiler counts. */
const unprofiled =
  (operations: number): Rule =>
  ({ values }) => ({ macs: 0, other: operations * values, profiled: 0 });

/** Multiply-accumulates, then a bias and an activation function for each value. */
const product =
  (macs: (use: Use) => number): Rule =>
  (use) => {
    const activation = activations.get(String(use.config.activation));
    if (activation === undefined) return undefined;
    const bias = use.config.useBias ? use.values : 0;
    return { macs: macs(use), other: bias + activation * use.values, profiled: bias };
  };
const sidesOf = (shape: Shape | undefined) => (shape ?? []) as number[]; // weights have known sides
const all = (sides: readonly number[]) => sides.reduce((total, side) => total * side, 1);

// Kernel [...taps, channels, filters]: each value that comes out is a sum over taps and channels.
const convolution = product(({ weights: [kernel], values }) => values * all(sidesOf(kernel).slice(0, -1)));
// Kernel [...taps, filters, channels]: each value that comes in goes to all taps and filters.
const deconvolution = product(({ weights: [kernel], inputs }) => total(inputs) * all(sidesOf(kernel).slice(0, -1)));
// Kernel [...taps, channels, multiplier]: each value that comes out is a sum over taps.
const depthwise = product(({ weights: [kernel], values }) => values * all(sidesOf(kernel).slice(0, -2)));
// The same, then [1, 1, channels · multiplier, filters].
const separable = product(({ weights: [kernel, mix], values }) => {
  const [between, filters] = sidesOf(mix).slice(-2) as [number, number];
  const positions = values / filters;
  return positions * between * (all(sidesOf(kernel).slice(0, -2)) + filters);
});
const total = (shapes: readonly Shape[]) => shapes.reduce((sum, shape) => sum + valuesOf(shape), 0);

const activation: Rule = (use) => {
  const operations = activations.get(String(use.config.activation));
  return operations === undefined ? undefined : unprofiled(operations)(use);
};
/** All values of a window for each that comes out. */
const pooling: Rule = ({ config, values }) => ({ macs: 0, other: values * all([config.poolSize].flat() as number[]) });
const globalPooling: Rule = ({ inputs }) => ({ macs: 0, other: total(inputs) });
/** One operation less than there are inputs, for each value; `more` on top. */
const merge =
  (more: number): Rule =>
  ({ inputs, values }) => ({ macs: 0, other: (inputs.length - 1 + more) * values });
/** Nearest values are only moved; a linear interpolation (difference, product, sum) is made three times for each. */
const enlargement: Rule = (use) => (use.config.interpolation === "bilinear" ? unprofiled(9)(use) : nothing(use));

/**
 * The layers of tfjs-layers, by their class. Recurrent layers, attention, embeddings and layers around layers are not among
 * them: they are unknown, as are activation functions of one's own.
 */
export const stockLayers: ReadonlyMap<string, Rule> = new Map([
  ...entries(convolution, "Conv1D", "Conv2D", "Conv3D"),
  ...entries(deconvolution, "Conv2DTranspose", "Conv3DTranspose"),
  ...entries(depthwise, "DepthwiseConv2D"),
  ...entries(separable, "SeparableConv2D"),
  ...entries(
    product(({ weights: [kernel], values }) => values * (sidesOf(kernel)[0] ?? 0)),
    "Dense",
  ),
  ...entries(activation, "Activation"),
  ...entries(unprofiled(1), "ReLU"),
  ...entries(unprofiled(2), "LeakyReLU", "ThresholdedReLU", "BatchNormalization"),
  ...entries(unprofiled(3), "ELU"),
  ...entries(unprofiled(5), "Softmax"),
  // Sums for mean and variance, difference, square, division, scale and shift.
  ...entries(unprofiled(7), "LayerNormalization"),
  ...entries(profiled(4), "PReLU"), // max(0, x) + alpha · min(0, x)
  ...entries(pooling, "MaxPooling1D", "MaxPooling2D", "MaxPooling3D"),
  ...entries(pooling, "AveragePooling1D", "AveragePooling2D", "AveragePooling3D"),
  ...entries(globalPooling, "GlobalMaxPooling1D", "GlobalMaxPooling2D"),
  ...entries(globalPooling, "GlobalAveragePooling1D", "GlobalAveragePooling2D"),
  ...entries(merge(0), "Add", "Multiply", "Maximum", "Minimum"),
  ...entries(merge(1), "Average"),
  ...entries(enlargement, "UpSampling2D", "Resizing"),
  ...entries(nothing, "Concatenate", "Flatten", "Reshape", "Permute", "RepeatVector", "Masking"),
  ...entries(nothing, "Cropping2D", "CenterCrop", "ZeroPadding2D"),
  ...entries(nothing, "Dropout", "SpatialDropout1D", "AlphaDropout", "GaussianDropout", "GaussianNoise"),
  // A constant factor can be put into the weights before it; the published totals leave it out.
  ...entries(nothing, "Rescaling"),
]);

function entries(rule: Rule, ...types: string[]): [string, Rule][] {
  return types.map((type) => [type, rule]);
}
