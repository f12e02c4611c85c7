import {
  add,
  clone,
  div,
  fused,
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
import type { Convolution } from "./convolution-layer.js";
import { isConvolution } from "./convolution-layer.js";
import { activationOf, type BatchNormalization, isBatchNormalization } from "./fuse-batch-norm.js";
import { isYetToEnlarge } from "./fuse-up-convolution.js";
import { type Layer, onlyFollowerOf } from "./only-follower.js";
import { upConvolution } from "./up-convolution.js";

const prepared = new WeakSet<Layer>();

/** What convolutions gave that is normalized, or rectified, already. */
const normalized = new WeakSet<Tensor>();
const rectified = new WeakSet<Tensor>();

/**
 * Lets the model's convolutions do in prediction what the batch normalization and the ReLU behind them would do, where nothing
 * else follows: the scale goes into the filter, the shift into the bias. Both are worked out anew for each prediction, which
 * takes as long as the filter is large, so that no weight is ever stale. Training, weights and the saved form stay as they are;
 * only another model made of the same layers must not be asked for what lies between them.
 */
export function foldBatchNorm(model: LayersModel): LayersModel {
  for (const layer of model.layers) {
    if ("layers" in layer)
      foldBatchNorm(layer as unknown as LayersModel); // a model used as a layer is a Container
    else if (isConvolution(layer) && !prepared.has(layer) && layer.getConfig().activation === "linear") {
      const norm = onlyFollowerOf(layer, model);
      if (!norm || !isBatchNormalization(norm)) continue;
      const next = onlyFollowerOf(norm, model);
      const relu = next && activationOf(next, norm.outputShape.at(-1) as number) === "relu" ? next : undefined;
      fold(layer, norm, relu);
    }
  }
  return model;
}

function fold(layer: Convolution, norm: BatchNormalization, relu: Layer | undefined): void {
  const convolve = layer.call.bind(layer);
  layer.call = (inputs, kwargs) => {
    const x = firstOf(inputs);
    // Another layer may have been put behind one of them since.
    if (kwargs.training || layer.outboundNodes.length !== 1 || x.dtype !== "float32") return convolve(inputs, kwargs);
    const both = relu !== undefined && norm.outboundNodes.length === 1;
    const y = tidy(() => convolveAndNormalize(layer, norm, x as Tensor4D, both ? "relu" : "linear"));
    normalized.add(y);
    if (both) rectified.add(y);
    return y;
  };
  passOn(norm, normalized);
  if (relu) passOn(relu, rectified);
  prepared.add(layer);
}

/** Has a layer pass on what is done already. */
function passOn(layer: Layer, done: WeakSet<Tensor>): void {
  const call = layer.call.bind(layer);
  layer.call = (inputs, kwargs) => {
    const x = firstOf(inputs);
    if (!done.has(x)) return call(inputs, kwargs);
    const copy = clone(x); // else tfjs-layers would copy it, and who follows would not know the copy
    if (rectified.has(x)) rectified.add(copy);
    return copy;
  };
}

function convolveAndNormalize(
  { kernel, bias, strides, padding, dilationRate }: Convolution,
  { gamma, beta, movingMean, movingVariance, epsilon }: BatchNormalization,
  x: Tensor4D,
  activation: "linear" | "relu",
): Tensor {
  const deviation = sqrt(add(movingVariance.read(), epsilon));
  const scale = gamma ? div(gamma.read(), deviation) : div(1, deviation);
  const offset = bias ? sub(movingMean.read(), bias.read()) : movingMean.read();
  const scaled = mul(offset, scale);
  const shift = (beta ? sub(beta.read(), scaled) : mul(-1, scaled)) as Tensor1D; // one for each channel
  const filter = mul(kernel.read(), reshape(scale, [1, 1, 1, -1])) as Tensor4D; // of the kernel's shape
  if (isYetToEnlarge(x)) return upConvolution(x, filter, shift, activation);
  return fused.conv2d({
    x,
    filter,
    strides: strides as [number, number],
    pad: padding as "same" | "valid",
    dilations: dilationRate as [number, number],
    bias: shift,
    activation,
  });
}

function firstOf(inputs: Tensor | Tensor[]): Tensor {
  return Array.isArray(inputs) ? (inputs[0] as Tensor) : inputs;
}
