import {
  add,
  clone,
  div,
  engine,
  fused,
  getBackend,
  getKernel,
  mul,
  reshape,
  sqrt,
  sub,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  tidy,
} from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import type { Activation } from "./batch-norm.js";
import type { Convolution } from "./convolution-layer.js";
import { isConvolution } from "./convolution-layer.js";
import { activationOf, type BatchNormalization, isBatchNormalization } from "./fuse-batch-norm.js";
import { isYetToEnlarge } from "./fuse-up-convolution.js";
import {
  hasLeakyConvolution,
  leakyConvolution,
  leakyConvolutionKernel,
  leakyUpConvolution,
  leakyUpConvolutionKernel,
} from "./leaky-convolution.js";
import { type Layer, onlyFollowerOf } from "./only-follower.js";
import { upConvolution } from "./up-convolution.js";

/**
 * Name of the tfjs kernel that a backend may register to fold a batch normalization into the filter and the bias before it.
 *
 * Inputs, all float32: `{ filter, movingMean, movingVariance }` and, where there are such, `gamma`, `beta` and the convolution's
 * `bias`: filter [height, width, in, out], the others [out]. Attributes: epsilon. Outputs: a new filter and a new bias. With
 * scale = gamma / √(movingVariance + epsilon) they are filter · scale and beta − (movingMean − bias) · scale. It runs outside
 * any gradient tape.
 */
export const foldBatchNormName = "EmStellarFoldBatchNorm";

const prepared = new WeakSet<Layer>();

/** What convolutions gave that is normalized, or activated, already. */
const normalized = new WeakSet<Tensor>();
const activated = new WeakSet<Tensor>();

/** A layer that only activates. */
interface Follower {
  readonly layer: Layer;
  readonly activation: Activation;
}

/**
 * Lets the model's convolutions do in prediction what the batch normalization and the activation behind them (ReLU, or where the
 * current backend has {@link leakyConvolutionKernel}, PReLU and trainable linear unit) would do, where nothing else follows: the
 * scale goes into the filter, the shift into the bias. Both are worked out anew for each prediction, which takes as long as the
 * filter is large, so that no weight is ever stale. Training, weights and the saved form stay as they are; only another model
 * made of the same layers must not be asked for what lies between them.
 */
export function foldBatchNorm(model: LayersModel): LayersModel {
  for (const layer of model.layers) {
    if ("layers" in layer)
      foldBatchNorm(layer as unknown as LayersModel); // a model used as a layer is a Container
    else if (isConvolution(layer) && !prepared.has(layer) && layer.getConfig().activation === "linear") {
      const next = onlyFollowerOf(layer, model);
      const norm = next && isBatchNormalization(next) ? next : undefined;
      const last = norm ? onlyFollowerOf(norm, model) : next;
      const activation = last && activationOf(last, layer.outputShape.at(-1) as number);
      const follower = activation && { layer: last, activation };
      if (norm || follower) fold(layer, norm, follower);
    }
  }
  return model;
}

function fold(layer: Convolution, norm: BatchNormalization | undefined, follower: Follower | undefined): void {
  const convolve = layer.call.bind(layer);
  layer.call = (inputs, kwargs) => {
    const x = firstOf(inputs) as Tensor4D;
    // Another layer may have been put behind one of them since.
    const last = follower && (norm ?? layer).outboundNodes.length === 1 && canActivate(layer, x, follower);
    const alone = layer.outboundNodes.length !== 1 || !(norm || last);
    if (kwargs.training || alone || x.dtype !== "float32") return convolve(inputs, kwargs);
    const y = tidy(() => convolveAndActivate(layer, norm, x, last ? follower : undefined));
    if (norm) normalized.add(y);
    if (last) activated.add(y);
    return y;
  };
  if (norm) passOn(norm, normalized);
  if (follower) passOn(follower.layer, activated);
  prepared.add(layer);
}

/** Every backend has convolutions with a ReLU. */
function canActivate({ dilationRate }: Convolution, x: Tensor4D, { activation }: Follower): boolean {
  if (activation === "relu") return true;
  const kernel = isYetToEnlarge(x) ? leakyUpConvolutionKernel : leakyConvolutionKernel;
  return dilationRate.every((rate) => rate === 1) && hasLeakyConvolution(kernel);
}

/** Has a layer pass on what is done already. */
function passOn(layer: Layer, done: WeakSet<Tensor>): void {
  const call = layer.call.bind(layer);
  layer.call = (inputs, kwargs) => {
    const x = firstOf(inputs);
    if (!done.has(x)) return call(inputs, kwargs);
    const copy = clone(x); // else tfjs-layers would copy it, and who follows would not know the copy
    if (activated.has(x)) activated.add(copy);
    return copy;
  };
}

function convolveAndActivate(
  layer: Convolution,
  norm: BatchNormalization | undefined,
  x: Tensor4D,
  follower: Follower | undefined,
): Tensor {
  const { filter, bias } = norm ? normalizing(layer, norm) : weightsOf(layer);
  const strides = layer.strides as [number, number];
  const pad = layer.padding as "same" | "valid";
  const activation = follower?.activation ?? "linear";
  if (activation === "linear" || activation === "relu") {
    if (isYetToEnlarge(x)) return upConvolution(x, filter, bias, activation);
    const dilations = layer.dilationRate as [number, number];
    return fused.conv2d({ x, filter, strides, pad, dilations, activation, ...(bias && { bias }) });
  }
  const [below, above = null] = (follower as Follower).layer.weights.map((weight) => weight.read());
  const given = { x, filter, bias, below: below as Tensor, above };
  return isYetToEnlarge(x) ? leakyUpConvolution(given) : leakyConvolution(given, { strides, pad });
}

function weightsOf({ kernel, bias }: Convolution): { filter: Tensor4D; bias: Tensor1D | null } {
  return { filter: kernel.read() as Tensor4D, bias: (bias?.read() as Tensor1D | undefined) ?? null };
}

/** Filter and bias that do what the normalization would do as well. */
function normalizing(
  { kernel, bias }: Convolution,
  { gamma, beta, movingMean, movingVariance, epsilon }: BatchNormalization,
): { filter: Tensor4D; bias: Tensor1D } {
  const [filter, shift] = foldedInto({
    ...{ filter: kernel.read(), movingMean: movingMean.read(), movingVariance: movingVariance.read() },
    ...(gamma && { gamma: gamma.read() }),
    ...(beta && { beta: beta.read() }),
    ...(bias && { bias: bias.read() }),
    epsilon,
  });
  return { filter, bias: shift };
}

interface Folded {
  readonly filter: Tensor;
  readonly movingMean: Tensor;
  readonly movingVariance: Tensor;
  readonly gamma?: Tensor;
  readonly beta?: Tensor;
  readonly bias?: Tensor;
  readonly epsilon: number;
}

/** The filter and the bias that do both: by one kernel, or composed of tfjs's operations. */
function foldedInto({ epsilon, ...tensors }: Folded): [filter: Tensor4D, bias: Tensor1D] {
  const float = Object.values(tensors).every(({ dtype }) => dtype === "float32");
  if (float && getKernel(foldBatchNormName, getBackend())) {
    // Its outputs, of the shapes of the filter and of a bias.
    return engine().runKernel(foldBatchNormName, tensors, { epsilon }) as unknown as [Tensor4D, Tensor1D];
  }
  const { filter, movingMean, movingVariance, gamma, beta, bias } = tensors;
  const deviation = sqrt(add(movingVariance, epsilon));
  const scale = gamma ? div(gamma, deviation) : div(1, deviation);
  const offset = bias ? sub(movingMean, bias) : movingMean;
  const scaled = mul(offset, scale);
  const shift = (beta ? sub(beta, scaled) : mul(-1, scaled)) as Tensor1D; // one for each channel
  return [mul(filter, reshape(scale, [1, 1, 1, -1])) as Tensor4D, shift]; // of the filter's shape
}

function firstOf(inputs: Tensor | Tensor[]): Tensor {
  return Array.isArray(inputs) ? (inputs[0] as Tensor) : inputs;
}
