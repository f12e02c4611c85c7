import { engine, getBackend, getKernel, mul, sub, type Tensor, tidy } from "@tensorflow/tfjs-core";
import type { LayersModel, layers } from "@tensorflow/tfjs-layers";
import { batchNormName } from "./wasm/batch-norm.js";

type Layer = layers.Layer;

/** What is used of tfjs-layers' BatchNormalization, a class that it does not export. */
interface BatchNormalization extends Layer {
  readonly axis: number;
  readonly momentum: number;
  readonly epsilon: number;
  readonly gamma?: WeightVariable;
  readonly beta?: WeightVariable;
  readonly movingMean: WeightVariable;
  readonly movingVariance: WeightVariable;
}

interface WeightVariable {
  read(): Tensor;
  write(value: Tensor): unknown;
}

const prepared = new WeakSet<Layer>();

/**
 * Lets the model's batch normalization layers use the one-kernel form while training, where the current backend has it.
 * Weights, moving averages and the saved form stay as they are, and so does prediction.
 */
export function fuseBatchNorm(model: LayersModel): LayersModel {
  for (const layer of model.layers) {
    if ("layers" in layer)
      fuseBatchNorm(layer as unknown as LayersModel); // a model used as a layer is a Container
    else if (isFusible(layer)) fuse(layer);
  }
  return model;
}

function isFusible(layer: Layer): layer is BatchNormalization {
  if (layer.getClassName() !== "BatchNormalization" || prepared.has(layer)) return false;
  const { axis, gamma, beta, inputSpec } = layer as BatchNormalization;
  return gamma !== undefined && beta !== undefined && (axis === -1 || axis + 1 === inputSpec?.[0]?.ndim);
}

function fuse(layer: BatchNormalization): void {
  const stock = layer.call.bind(layer);
  layer.call = (inputs, kwargs) => {
    const x = Array.isArray(inputs) ? (inputs[0] as Tensor) : inputs;
    const possible = x.dtype === "float32" && getKernel(batchNormName, getBackend()) !== undefined;
    if (!kwargs.training || !possible) return stock(inputs, kwargs);
    return tidy(() => {
      const variables = { x, gamma: layer.gamma?.read() as Tensor, beta: layer.beta?.read() as Tensor };
      const attributes = { epsilon: layer.epsilon };
      const [y, mean, variance] = engine().runKernel(batchNormName, variables, attributes) as unknown as [
        Tensor,
        Tensor,
        Tensor,
      ];
      moveTowards(layer.movingMean, mean, layer.momentum);
      moveTowards(layer.movingVariance, variance, layer.momentum);
      return y;
    });
  };
  prepared.add(layer);
}

/** As tfjs-layers does it: old - (old - value) · (1 - momentum). */
function moveTowards(average: WeightVariable, value: Tensor, momentum: number): void {
  tidy(() => {
    const old = average.read();
    average.write(sub(old, mul(sub(old, value), 1 - momentum)));
  });
}
