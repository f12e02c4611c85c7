import { engine, type GradConfig, getBackend, getKernel, type Tensor, tidy } from "@tensorflow/tfjs-core";
import type { LayersModel, layers } from "@tensorflow/tfjs-layers";

/**
 * Name of the kernel of dropout in training: input `{ x }`, attributes {@link Dropout}, output: x, of which a share of `rate` is
 * 0 and the rest divided by 1 - rate. Which values are dropped follows from seed and place alone, so that the gradient is the
 * same kernel over dy. tfjs draws the random numbers in JavaScript: ten million of them take longer than a GPU's whole step.
 */
export const dropoutName = "EmStellarDropout";

/** As an object type: attributes of kernels need one. */
export type Dropout = {
  /** Between 0 and 1. */
  rate: number;
  /** A whole number from 0 to below 2^31. */
  seed: number;
  /** Sides of x, or 1 along axes on which values are dropped all or none. */
  noiseShape: number[];
};

export const dropoutGradient: GradConfig = {
  kernelName: dropoutName,
  gradFunc: (dy, _saved, attributes) => ({ x: () => engine().runKernel(dropoutName, { x: dy as Tensor }, attributes) }),
};

/** What is used of tfjs-layers' Dropout, a class that it does not export. */
interface DropoutLayer extends layers.Layer {
  readonly rate: number;
  readonly seed?: number;
  getNoiseShape(x: Tensor): number[] | null | undefined;
}

const prepared = new WeakSet<layers.Layer>();

/** Lets the model's dropout layers use the kernel while training, where the current backend has it. */
export function dropByKernel(model: LayersModel): LayersModel {
  for (const layer of model.layers) {
    if ("layers" in layer)
      dropByKernel(layer as unknown as LayersModel); // a model used as a layer is a Container
    else if (layer.getClassName() === "Dropout" && !prepared.has(layer)) useKernel(layer as DropoutLayer);
  }
  return model;
}

function useKernel(layer: DropoutLayer): void {
  const stock = layer.call.bind(layer);
  layer.call = (inputs, kwargs) => {
    const x = Array.isArray(inputs) ? (inputs[0] as Tensor) : inputs;
    const { rate } = layer;
    const fits = kwargs.training && x.dtype === "float32" && rate > 0 && rate < 1;
    if (!fits || !getKernel(dropoutName, getBackend())) return stock(inputs, kwargs);
    const attributes: Dropout = {
      rate,
      seed: layer.seed ?? Math.floor(Math.random() * 2 ** 31),
      noiseShape: layer.getNoiseShape(x) ?? x.shape,
    };
    return tidy(() => engine().runKernel(dropoutName, { x }, attributes) as unknown as Tensor); // one output
  };
  prepared.add(layer);
}
