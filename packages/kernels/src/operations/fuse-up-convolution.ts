import { clone, type Tensor, type Tensor1D, type Tensor4D } from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { type Convolution, isConvolution } from "./convolution-layer.js";
import { type Layer, onlyFollowerOf } from "./only-follower.js";
import { hasUpConvolution, type UpConvolutionAttributes, upConvolution } from "./up-convolution.js";

/** What is used of tfjs-layers' UpSampling2D, a class that it does not export. */
interface UpSampling extends Layer {
  readonly size: readonly number[];
  readonly dataFormat: string;
  readonly interpolation: string;
}

const prepared = new WeakSet<Layer>();

/** Images that the convolution behind an up-sampling is to enlarge. */
const small = new WeakSet<Tensor>();

/**
 * Lets the model's up-sampling layers (nearest, by 2) leave their work to the convolution of 2 × 2 taps behind them, where
 * nothing else follows and the current backend has kernels for both in one. Weights and the saved form stay as they are; only
 * another model made of the same layers must not be asked for what lies between the two.
 */
export function fuseUpConvolution(model: LayersModel): LayersModel {
  for (const layer of model.layers) {
    if ("layers" in layer)
      fuseUpConvolution(layer as unknown as LayersModel); // a model used as a layer is a Container
    else if (isUpSampling(layer) && !prepared.has(layer)) {
      const next = onlyFollowerOf(layer, model);
      const activation = next?.getConfig().activation;
      if (next && isConvolution(next) && isOfTwo(next) && (activation === "linear" || activation === "relu"))
        fuse(layer, next, activation);
    }
  }
  return model;
}

/** Whether an image is one that an up-sampling layer has left to the convolution behind it to enlarge. */
export function isYetToEnlarge(x: Tensor): boolean {
  return small.has(x);
}

function fuse(layer: UpSampling, next: Convolution, activation: UpConvolutionAttributes["activation"]): void {
  const enlarge = layer.call.bind(layer);
  layer.call = (inputs, kwargs) => {
    const x = firstOf(inputs);
    // Another layer may have been put behind this one since.
    if (layer.outboundNodes.length !== 1 || x.dtype !== "float32" || !hasUpConvolution())
      return enlarge(inputs, kwargs);
    const copy = clone(x); // x itself may go on to other layers
    small.add(copy);
    return copy;
  };
  const convolve = next.call.bind(next);
  next.call = (inputs, kwargs) => {
    const x = firstOf(inputs);
    if (!small.has(x)) return convolve(inputs, kwargs);
    const bias = next.bias?.read() as Tensor1D | undefined;
    return upConvolution(x as Tensor4D, next.kernel.read() as Tensor4D, bias ?? null, activation);
  };
  prepared.add(layer);
}

function firstOf(inputs: Tensor | Tensor[]): Tensor {
  return Array.isArray(inputs) ? (inputs[0] as Tensor) : inputs;
}

function isUpSampling(layer: Layer): layer is UpSampling {
  if (layer.getClassName() !== "UpSampling2D") return false;
  const { size, dataFormat, interpolation } = layer as UpSampling;
  return all(size, 2) && dataFormat === "channelsLast" && interpolation === "nearest";
}

function isOfTwo({ kernelSize, strides, padding, dilationRate }: Convolution): boolean {
  return all(kernelSize, 2) && all(strides, 1) && all(dilationRate, 1) && padding === "same";
}

function all(values: readonly number[], value: number): boolean {
  return values.length === 2 && values.every((each) => each === value);
}
