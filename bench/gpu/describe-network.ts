import { Tlu } from "@em-stellar/nets-emnet";
import type { LayersModel, LayerVariable, layers } from "@tensorflow/tfjs-layers";

/** A layer in plain data, for another library to build. Images are [batch, height, width, channels]; nothing has a stride but pooling. */
type LayerDescription = { readonly name: string; readonly inputs: readonly string[] } & (
  | { readonly kind: "input"; readonly channels: number }
  | {
      readonly kind: "convolution";
      readonly channels: number;
      readonly filters: number;
      /** Side of the square kernel; where it is even, the image is padded at the right and at the bottom. */
      readonly kernel: number;
      readonly activation: "linear" | "relu" | "sigmoid";
    }
  | { readonly kind: "batch-norm"; readonly channels: number; readonly epsilon: number; readonly momentum: number }
  | { readonly kind: "relu" | "concatenation" }
  | { readonly kind: "prelu" | "tlu"; readonly channels: number }
  | { readonly kind: "max-pool" | "up-sampling"; readonly size: number }
);

/** A network in plain data, layers in the order in which they compute. */
export interface NetworkDescription {
  readonly name: string;
  readonly layers: readonly LayerDescription[];
  /** The layer whose values are the prediction. */
  readonly output: string;
  /** Weights that training changes. */
  readonly parameters: number;
}

/** Describes a model of one input and one output. Throws where a layer is of a kind, or set in a way, that has no description. */
export function describeNetwork(model: LayersModel): NetworkDescription {
  const [output] = model.outputs;
  if (model.inputs.length !== 1 || model.outputs.length !== 1 || !output) {
    throw new Error(`${model.name} needs one input and one output to be described.`);
  }
  return {
    name: model.name,
    layers: model.layers.map((layer) => describeLayer(layer)),
    output: output.sourceLayer.name,
    parameters: model.trainableWeights.reduce((sum, { shape }) => sum + sizeOf(shape), 0),
  };
}

function describeLayer(layer: layers.Layer): LayerDescription {
  const { name } = layer;
  const inputs = (layer.inboundNodes[0]?.inboundLayers ?? []).map((source) => source.name);
  const channels = layer.outputShape.at(-1) as number;
  const config = layer.getConfig();
  const requireThat = (holds: boolean, what: string) => {
    if (!holds) throw new Error(`The layer "${name}" (${layer.getClassName()}) has ${what}, which has no description.`);
  };
  requireThat(layer.inboundNodes.length === 1, "several uses");
  switch (layer.getClassName()) {
    case "InputLayer":
      return { name, inputs, kind: "input", channels };
    case "Conv2D": {
      const [weights] = layer.weights as [LayerVariable];
      const [kernel, across, before, filters] = weights.shape as [number, number, number, number];
      const activation = (["linear", "relu", "sigmoid"] as const).find((known) => known === config.activation);
      requireThat(kernel === across && config.useBias === true, "a kernel that is not square, or no bias");
      requireThat(allAre(1, config.strides) && allAre(1, config.dilationRate), "a stride or a dilation");
      requireThat(config.padding === "same" || kernel === 1, `padding "${config.padding}"`);
      if (activation === undefined) throw new Error(`The layer "${name}" has the activation ${config.activation}.`);
      return { name, inputs, kind: "convolution", channels: before, filters, kernel, activation };
    }
    case "BatchNormalization": {
      requireThat(layer.weights.length === 4, "no scale or no shift");
      const { epsilon, momentum } = config as { epsilon: number; momentum: number };
      return { name, inputs, kind: "batch-norm", channels, epsilon, momentum };
    }
    case "Activation":
      requireThat(config.activation === "relu", `the activation ${config.activation}`);
      return { name, inputs, kind: "relu" };
    case "PReLU":
      requireThat(sizeOf(layer.weights[0]?.shape ?? []) === channels, "a slope for each pixel");
      return { name, inputs, kind: "prelu", channels };
    case Tlu.className:
      return { name, inputs, kind: "tlu", channels };
    case "Concatenate":
      requireThat(config.axis === -1 || config.axis === 3, `the axis ${config.axis}`);
      return { name, inputs, kind: "concatenation" };
    case "MaxPooling2D":
      requireThat(allAre(2, config.poolSize) && allAre(2, config.strides), "windows other than 2 × 2, side by side");
      return { name, inputs, kind: "max-pool", size: 2 };
    case "UpSampling2D":
      requireThat(allAre(2, config.size) && config.interpolation === "nearest", "another way to enlarge than twofold");
      return { name, inputs, kind: "up-sampling", size: 2 };
    default:
      throw new Error(`The layer "${name}" of ${layer.getClassName()} has no description.`);
  }
}

/** Whether a pair of numbers, such as strides, is twice the same one. */
function allAre(value: number, pair: unknown): boolean {
  return Array.isArray(pair) && pair.every((each) => each === value);
}

function sizeOf(shape: readonly (number | null)[]): number {
  return shape.reduce<number>((product, side) => product * (side as number), 1); // weights have no open sides
}
