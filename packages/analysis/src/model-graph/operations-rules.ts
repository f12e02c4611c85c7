import type { Layer, OperationCount } from "@em-stellar/core/training";
import type { Shape } from "@tensorflow/tfjs-layers";
import { valuesOf } from "./values-of.js";

/** What operations are counted from: a layer's configuration, its weights, what goes in and what comes out. */
export interface Use {
  readonly config: ReturnType<Layer["getConfig"]>;
  /** Shapes of the weights, the kernel first. */
  readonly weights: readonly Shape[];
  readonly inputs: readonly Shape[];
  /** Numbers in the output. */
  readonly values: number;
}

/** What a layer computes for one image; undefined where that cannot be told. */
export type OperationsRule = (use: Use) => OperationCount | undefined;

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

/** Values are moved at most. */
export const nothing: OperationsRule = () => ({ macs: 0, other: 0 });
/** So many operations on each value that comes out, all of which TensorFlow's profiler counts. */
export const profiled =
  (operations: number): OperationsRule =>
  ({ values }) => ({ macs: 0, other: operations * values });
/** So many operations on each value that comes out, none of which TensorFlow's profiler counts. */
export const unprofiled =
  (operations: number): OperationsRule =>
  ({ values }) => ({ macs: 0, other: operations * values, profiled: 0 });

/** Multiply-accumulates, then a bias and an activation function for each value. */
export const product =
  (macs: (use: Use) => number): OperationsRule =>
  (use) => {
    const activation = activations.get(String(use.config.activation));
    if (activation === undefined) return undefined;
    const bias = use.config.useBias ? use.values : 0;
    return { macs: macs(use), other: bias + activation * use.values, profiled: bias };
  };
const sidesOf = (shape: Shape | undefined) => (shape ?? []) as number[]; // weights have known sides
const all = (sides: readonly number[]) => sides.reduce((total, side) => total * side, 1);

// Kernel [...taps, channels, filters]: each value that comes out is a sum over taps and channels.
export const convolution = product(({ weights: [kernel], values }) => values * all(sidesOf(kernel).slice(0, -1)));
// Kernel [...taps, filters, channels]: each value that comes in goes to all taps and filters.
export const deconvolution = product(
  ({ weights: [kernel], inputs }) => total(inputs) * all(sidesOf(kernel).slice(0, -1)),
);
// Kernel [...taps, channels, multiplier]: each value that comes out is a sum over taps.
export const depthwise = product(({ weights: [kernel], values }) => values * all(sidesOf(kernel).slice(0, -2)));
// The same, then [1, 1, channels · multiplier, filters].
export const separable = product(({ weights: [kernel, mix], values }) => {
  const [between, filters] = sidesOf(mix).slice(-2) as [number, number];
  const positions = values / filters;
  return positions * between * (all(sidesOf(kernel).slice(0, -2)) + filters);
});
const total = (shapes: readonly Shape[]) => shapes.reduce((sum, shape) => sum + valuesOf(shape), 0);

export const activation: OperationsRule = (use) => {
  const operations = activations.get(String(use.config.activation));
  return operations === undefined ? undefined : unprofiled(operations)(use);
};
/** All values of a window for each that comes out. */
export const pooling: OperationsRule = ({ config, values }) => ({
  macs: 0,
  other: values * all([config.poolSize].flat() as number[]),
});
export const globalPooling: OperationsRule = ({ inputs }) => ({ macs: 0, other: total(inputs) });
/** One operation less than there are inputs, for each value; `more` on top. */
export const merge =
  (more: number): OperationsRule =>
  ({ inputs, values }) => ({ macs: 0, other: (inputs.length - 1 + more) * values });
/** Nearest values are only moved; a linear interpolation (difference, product, sum) is made three times for each. */
export const enlargement: OperationsRule = (use) =>
  use.config.interpolation === "bilinear" ? unprofiled(9)(use) : nothing(use);

export const dense = product(({ weights: [kernel], values }) => values * (sidesOf(kernel)[0] ?? 0));
