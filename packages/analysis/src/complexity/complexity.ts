import { EmStellarError } from "@em-stellar/core";
import { type Layer, type Network, type OperationCount, zeroWeights } from "@em-stellar/core/training";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { type ImageSize, layerType, modelGraph } from "../model-graph/model-graph.js";
import { operationsOf } from "../model-graph/operations-of.js";
import { activationValues } from "./activation-values.js";

/** Floating-point operations for one image, by three conventions; each holds the one before. */
export interface Flops {
  /** Two for each multiply-accumulate of convolutions and matrix products; no biases. */
  readonly conv: number;
  /** As TensorFlow's profiler counts: with biases, pooling, sums of branches and the arithmetic of trainable activations. */
  readonly tfProfiler: number;
  /** With normalisation and activation functions too. Only changes of shape (and a scaling by a constant) count nothing. */
  readonly allOp: number;
}

/** Bytes, with 32 bits for each number. */
export interface MemoryNeed {
  readonly weights: number;
  /**
   * Feature maps that are there at once while one image is predicted, at their most. Layers run in tfjs's order, one after
   * another; a map goes when its last reader has run, the image and the outputs stay. Dropout and changes of shape make no
   * map of their own. Working space of an operation is not counted.
   */
  readonly inference: number;
  /**
   * Feature maps of one image that the backward pass of a training step finds: the image and what every layer gives, but
   * for mere changes of shape. Gradients, the optimizer's state and working space come on top.
   */
  readonly training: number;
}

/** A layer that does not say what it computes. */
export interface UnknownLayer {
  readonly name: string;
  /** Its class, as saved models name it. */
  readonly type: string;
}

/** What one layer costs; a layer that is used twice is there twice. */
export interface LayerComplexity {
  readonly name: string;
  /** Its class, as saved models name it. */
  readonly type: string;
  /** Shape of its (first) output, without the batch. */
  readonly output: readonly number[];
  /** Numbers that training changes; 0 where an earlier row has counted them. */
  readonly trainable: number;
  /** Numbers that training by gradient leaves, such as moving averages. */
  readonly nonTrainable: number;
  /** Undefined for an unknown layer, as are `flops`. */
  readonly macs: number | undefined;
  readonly flops: Flops | undefined;
}

/** What a network costs for one image. */
export interface Complexity {
  readonly trainable: number;
  readonly nonTrainable: number;
  /** Multiply-accumulates of convolutions and matrix products. */
  readonly macs: number;
  readonly flops: Flops;
  readonly memory: MemoryNeed;
  /** Layers in no count of operations: where there is one, `macs` and `flops` are lower bounds. */
  readonly unknownLayers: readonly UnknownLayer[];
  /** In the order in which they run; those of a model within the model one by one. */
  readonly layers: readonly LayerComplexity[];
}

/**
 * Counts from the graph of layers alone what a network, or a model that has been built, costs for one image; nothing is
 * computed. A network is built for it (with `zeroWeights`), which takes a started tfjs backend. Layers of one's own count
 * themselves (`CountsOperations`). Throws where the network does not take such an image.
 */
export function complexity(subject: Network | LayersModel, size: ImageSize): Complexity {
  if (!size.every((side) => Number.isInteger(side) && side > 0)) {
    throw new EmStellarError(
      `Costs are counted for an image of [height, width, channels], whole numbers above 0 such as [512, 512, 1], not for [${size.join(", ")}].`,
    );
  }
  if (!("kind" in subject)) return complexityOfModel(subject, size);
  const model = subject.build(size, zeroWeights);
  try {
    return complexityOfModel(model, size);
  } finally {
    model.dispose();
  }
}

function complexityOfModel(model: LayersModel, size: ImageSize): Complexity {
  const graph = modelGraph(model, size);
  const isTrainable = new Set(model.trainableWeights);
  const isCounted = new Set<Layer["weights"][number]>();
  const numbersIn = (weights: Layer["weights"]) =>
    sum(weights, ({ shape }) => (shape as number[]).reduce((product, side) => product * side, 1)); // weights have known sides
  const layers = graph.steps.map((step): LayerComplexity => {
    const weights = step.layer.weights.filter((weight) => !isCounted.has(weight));
    for (const weight of weights) isCounted.add(weight);
    const count = operationsOf(step);
    return {
      name: step.layer.name,
      type: layerType(step.layer),
      output: (step.outputs[0]?.shape ?? []).slice(1) as number[], // a graph's shapes are known
      trainable: numbersIn(weights.filter((weight) => isTrainable.has(weight))),
      nonTrainable: numbersIn(weights.filter((weight) => !isTrainable.has(weight))),
      macs: count?.macs,
      flops: count && flopsOf(count),
    };
  });
  const [trainable, nonTrainable] = [sum(layers, (row) => row.trainable), sum(layers, (row) => row.nonTrainable)];
  const { peak, all } = activationValues(graph);
  return {
    trainable,
    nonTrainable,
    macs: sum(layers, ({ macs = 0 }) => macs),
    flops: {
      conv: sum(layers, ({ flops }) => flops?.conv ?? 0),
      tfProfiler: sum(layers, ({ flops }) => flops?.tfProfiler ?? 0),
      allOp: sum(layers, ({ flops }) => flops?.allOp ?? 0),
    },
    memory: { weights: 4 * (trainable + nonTrainable), inference: 4 * peak, training: 4 * all },
    unknownLayers: layers.filter(({ flops }) => !flops).map(({ name, type }) => ({ name, type })),
    layers,
  };
}

function flopsOf({ macs, other, profiled = other }: OperationCount): Flops {
  return { conv: 2 * macs, tfProfiler: 2 * macs + profiled, allOp: 2 * macs + other };
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
