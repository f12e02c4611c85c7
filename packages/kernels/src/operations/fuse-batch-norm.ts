import { engine, getBackend, getKernel, mul, sub, type Tensor, tidy } from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { type Activation, batchNormName, slopesOf } from "./batch-norm.js";
import { movingAveragesName } from "./moving-averages.js";
import { type Layer, onlyFollowerOf } from "./only-follower.js";

/** What is used of tfjs-layers' BatchNormalization, a class that it does not export. */
export interface BatchNormalization extends Layer {
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

/** A layer that only activates, behind a batch normalization that nothing else follows. */
interface Follower {
  readonly layer: Layer;
  readonly activation: Activation;
}

const prepared = new WeakSet<Layer>();

/** Outputs of batch normalization that are activated already. */
const activated = new WeakSet<Tensor>();

/**
 * Lets the model's batch normalization layers use the one-kernel form while training, where the current backend has it,
 * together with the activation behind them. Weights, moving averages and the saved form stay as they are, and so does
 * prediction; only another model made of the same layers must not be asked for what lies between the two while training.
 */
export function fuseBatchNorm(model: LayersModel): LayersModel {
  for (const layer of model.layers) {
    if ("layers" in layer)
      fuseBatchNorm(layer as unknown as LayersModel); // a model used as a layer is a Container
    else if (isFusible(layer)) fuse(layer, followerOf(layer, model));
  }
  return model;
}

function isFusible(layer: Layer): layer is BatchNormalization {
  if (prepared.has(layer) || !isBatchNormalization(layer)) return false;
  return layer.gamma !== undefined && layer.beta !== undefined;
}

/** Whether a layer normalizes channels, which lie last. */
export function isBatchNormalization(layer: Layer): layer is BatchNormalization {
  if (layer.getClassName() !== "BatchNormalization") return false;
  const { axis, inputSpec } = layer as BatchNormalization;
  return axis === -1 || axis + 1 === inputSpec?.[0]?.ndim;
}

function fuse(layer: BatchNormalization, follower: Follower | undefined): void {
  const stock = layer.call.bind(layer);
  layer.call = (inputs, kwargs) => {
    const x = Array.isArray(inputs) ? (inputs[0] as Tensor) : inputs;
    // Another layer may have been put behind this one since.
    const both = follower && layer.outboundNodes.length === 1 && hasKernel(follower.activation) ? follower : undefined;
    if (!kwargs.training || x.dtype !== "float32" || !(both || hasKernel("linear"))) return stock(inputs, kwargs);
    return tidy(() => {
      const variables = { x, gamma: layer.gamma?.read() as Tensor, beta: layer.beta?.read() as Tensor };
      const slopes = both
        ? slopesOf[both.activation].map((name, i) => [name, both.layer.weights[i]?.read() as Tensor])
        : [];
      const { epsilon, momentum, movingMean, movingVariance } = layer;
      const averages = { movingMean: movingMean.read(), movingVariance: movingVariance.read() };
      const outputs: Tensor[] = engine().runKernel(
        batchNormName(both?.activation ?? "linear"),
        { ...variables, ...Object.fromEntries(slopes), ...averages },
        { epsilon, momentum },
      );
      const [y, mean, variance, , newMean, newVariance] = outputs as [Tensor, Tensor, Tensor, Tensor, ...Tensor[]]; // as batchNormName says
      if (newMean && newVariance) {
        movingMean.write(newMean);
        movingVariance.write(newVariance);
      } else moveAverages(layer, mean, variance);
      if (both) activated.add(y);
      return y;
    });
  };
  if (follower) {
    const { layer: activation } = follower;
    const activate = activation.call.bind(activation);
    activation.call = (inputs, kwargs) => {
      const x = Array.isArray(inputs) ? (inputs[0] as Tensor) : inputs;
      return activated.has(x) ? x : activate(inputs, kwargs);
    };
  }
  prepared.add(layer);
}

function hasKernel(activation: Activation): boolean {
  return getKernel(batchNormName(activation), getBackend()) !== undefined;
}

/** What a layer is followed by, if by one activation alone. */
function followerOf(layer: Layer, model: LayersModel): Follower | undefined {
  const next = onlyFollowerOf(layer, model);
  const activation = next && activationOf(next, layer.outputShape.at(-1) as number);
  return activation && { layer: next, activation };
}

/** What a layer does to values of so many channels, if that is all it does. */
export function activationOf(layer: Layer, channels: number): Activation | undefined {
  const perChannel = layer.weights.every(({ shape }) => shape.at(-1) === channels && sizeOf(shape) === channels);
  switch (layer.getClassName()) {
    case "Activation":
      return layer.getConfig().activation === "relu" ? "relu" : undefined;
    case "ReLU":
      return (layer as { maxValue?: number }).maxValue == null ? "relu" : undefined;
    case "PReLU":
      return perChannel || sizeOf(layer.weights[0]?.shape ?? []) === 1 ? "prelu" : undefined;
    // The trainable linear unit of @em-stellar/nets-emnet: weights alpha, for what is below 0, and beta.
    case "EmStellarTlu":
      return perChannel && layer.weights.length === 2 ? "tlu" : undefined;
    default:
      return undefined;
  }
}

function sizeOf(shape: readonly (number | null)[]): number {
  return shape.reduce<number>((product, side) => product * (side ?? Number.NaN), 1);
}

function moveAverages({ movingMean, movingVariance, momentum }: BatchNormalization, mean: Tensor, variance: Tensor) {
  const inputs = { movingMean: movingMean.read(), movingVariance: movingVariance.read(), mean, variance };
  const [newMean, newVariance] = getKernel(movingAveragesName, getBackend())
    ? (engine().runKernel(movingAveragesName, inputs, { momentum }) as unknown as [Tensor, Tensor]) // its outputs, in the order of its inputs
    : [moveTowards(inputs.movingMean, mean, momentum), moveTowards(inputs.movingVariance, variance, momentum)];
  movingMean.write(newMean as Tensor);
  movingVariance.write(newVariance as Tensor);
}

/** As tfjs-layers does it: old - (old - value) · (1 - momentum). */
function moveTowards(old: Tensor, value: Tensor, momentum: number): Tensor {
  return sub(old, mul(sub(old, value), 1 - momentum));
}
