import { EmStellarError } from "@em-stellar/core";
import type { Layer } from "@em-stellar/core/training";
import { LayersModel, type Shape, type SymbolicTensor } from "@tensorflow/tfjs-layers";

/** Height, width and channels of the image that a graph is laid out for. */
export type ImageSize = readonly [height: number, width: number, channels: number];

/** A tensor of the graph, all of whose sides but the batch are known. */
export interface Value {
  readonly shape: Shape;
}

/** One use of a layer. */
export interface Step {
  readonly layer: Layer;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
}

/** What a model does with one image, step by step. */
export interface ModelGraph {
  readonly input: Value;
  readonly steps: readonly Step[];
  readonly outputs: readonly Value[];
}

/**
 * The steps of a model for an image of a size, in the order in which tfjs runs them; models within the model are taken
 * apart, and a layer that is used twice is there twice. What is known of a layer beyond this (`operationsOf`, `windowOf`) it
 * says itself, or `stockLayers` does. Throws where the model does not take such an image.
 */
export function modelGraph(model: LayersModel, size: ImageSize): ModelGraph {
  const input: Value = { shape: [null, ...size] };
  requireThatItFits(model, size);
  const steps: Step[] = [];
  return { input, steps, outputs: follow(model, [input], steps) };
}

function follow(model: LayersModel, inputs: readonly Value[], steps: Step[]): Value[] {
  const known = new Map<SymbolicTensor, Value>();
  const begun = new Set<SymbolicTensor>();
  model.inputs.forEach((tensor, i) => {
    known.set(tensor, inputs[i] as Value); // one for each
  });
  const visit = (tensor: SymbolicTensor): Value => {
    const before = known.get(tensor);
    if (before) return before;
    const { sourceLayer, nodeIndex, tensorIndex } = tensor;
    if (begun.has(tensor)) {
      throw new EmStellarError(
        `Model "${model.name}" runs in a circle: layer "${sourceLayer.name}" reads what it makes.`,
      );
    }
    begun.add(tensor);
    const { inputTensors, outputTensors } = sourceLayer.inboundNodes[nodeIndex] as Layer["inboundNodes"][number];
    for (const source of inputTensors.toReversed()) visit(source); // tfjs begins with the branch that is named last
    const given = inputTensors.map(visit);
    const made =
      sourceLayer instanceof LayersModel ? follow(sourceLayer, given, steps) : use(sourceLayer, given, steps);
    outputTensors.forEach((output, i) => {
      known.set(output, made[i] as Value); // one for each
    });
    return made[tensorIndex] as Value;
  };
  return model.outputs.map(visit);
}

function use(layer: Layer, inputs: readonly Value[], steps: Step[]): Value[] {
  const given = inputs.map(({ shape }) => shape);
  const shape = layer.computeOutputShape(given.length === 1 ? (given[0] as Shape) : given);
  const outputs = (Array.isArray(shape[0]) ? (shape as Shape[]) : [shape as Shape]).map((of) => ({ shape: of }));
  for (const { shape } of outputs) {
    if (!shape.slice(1).every((side) => Number.isInteger(side))) {
      throw new EmStellarError(
        `Layer "${layer.name}" (${layerType(layer)}) gives ${written(shape)} for ${given.map(written).join(", ")}: its computeOutputShape must name every side for such an image.`,
      );
    }
  }
  steps.push({ layer, inputs, outputs });
  return outputs;
}

function requireThatItFits({ name, inputs }: LayersModel, size: ImageSize): void {
  const [first, ...others] = inputs.map(({ shape }) => shape.slice(1));
  const sides: readonly (number | null)[] = size;
  const fits = first?.length === size.length && first.every((side, i) => side === null || side === sides[i]);
  if (!fits || others.length > 0) {
    throw new EmStellarError(
      `Model "${name}" takes ${inputs.map(({ shape }) => written(shape)).join(" and ")}, not one image of ${size.join(" × ")}.`,
    );
  }
}

/** The class of a layer as saved models name it, or as its code does. */
export function layerType(layer: Layer): string {
  const name: string | undefined = layer.getClassName(); // a class that is never saved may lack it
  return name ?? layer.constructor.name;
}

/** `64 × 64 × 1`, `any` for a side that is not fixed; without the batch. */
function written(shape: Shape): string {
  return shape
    .slice(1)
    .map((side) => side ?? "any")
    .join(" × ");
}
