import { InputError } from "@em-stellar/core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { type ModelGraph, modelGraph, type Step } from "../model-graph/model-graph.js";
import { operationsOf } from "../model-graph/operations-of.js";
import { type FeatureLayer, featureLayers } from "./feature-layers.js";
import type { GridSize } from "./resample.js";

/** One image as a network takes it: normalised, its sides multiples of the network's stride. */
export interface NetworkImage extends GridSize {
  readonly channels: number;
  /** `height × width × channels` values. */
  readonly data: Float32Array;
}

type ImageSize = Omit<NetworkImage, "data">;

/** A network laid out for one image. */
export interface Plan {
  readonly graph: ModelGraph;
  readonly layers: readonly FeatureLayer[];
  readonly grid: GridSize;
}

/** Longest side of the grid that feature maps are compared on where nobody chooses another. */
const mostGrid = 64;

/**
 * The grid to compare feature maps of several models on, for an image that all of them take: as large as the smallest
 * feature map of any, and at most 64 pixels long, so that no map has to be enlarged and none is finer than another.
 */
export function commonGrid(models: readonly LayersModel[], image: ImageSize): GridSize {
  const [first, ...others] = models.flatMap((model) => featureLayers(graphFor(model, image)));
  if (!first) throw new InputError("A grid takes at least one model with feature maps.");
  const area = ({ height, width }: GridSize) => height * width;
  const smallest = others.reduce((least, size) => (area(size) < area(least) ? size : least), first);
  const scale = Math.min(1, mostGrid / Math.max(smallest.height, smallest.width));
  const side = (length: number) => Math.max(1, Math.round(length * scale));
  return { height: side(smallest.height), width: side(smallest.width) };
}

/** Lays a network out for an image. Throws `InputError` where it does not take such an image. */
export function planOf(model: LayersModel, image: ImageSize, grid: GridSize | undefined): Plan {
  const graph = graphFor(model, image);
  return { graph, layers: featureLayers(graph), grid: grid ?? commonGrid([model], image) };
}

/** Multiply-accumulates that `correlateFeatures` needs for these images: what tells how long it will take beside another. */
export function correlationWork(
  model: LayersModel,
  images: readonly ImageSize[],
  grids: readonly GridSize[] | null = null,
): number {
  return images.reduce((sum, image, i) => {
    const plan = planOf(model, image, grids?.[i]);
    const channels = plan.layers.reduce((all, layer) => all + layer.channels, 0);
    return sum + workOf(plan, channels).all;
  }, 0);
}

/** Multiply-accumulates for one image: those of each step, and all, with the correlations of so many channels. */
export function workOf({ graph, grid }: Plan, channels: number): { steps: ReadonlyMap<Step, number>; all: number } {
  const steps = new Map(graph.steps.map((step) => [step, operationsOf(step)?.macs ?? 0]));
  const network = [...steps.values()].reduce((sum, macs) => sum + macs, 0);
  return { steps, all: network + (channels * (channels + 1) * grid.height * grid.width) / 2 };
}

function graphFor(model: LayersModel, { height, width, channels }: ImageSize): ModelGraph {
  const takes = model.inputs[0]?.shape.slice(1) ?? [];
  const given = [height, width, channels];
  if (model.inputs.length !== 1 || takes.length !== 3 || takes.some((side, i) => side !== null && side !== given[i])) {
    const written = takes.map((side) => side ?? "any").join(" × ");
    const inputs = model.inputs.length === 1 ? `images of ${written}` : `${model.inputs.length} inputs`;
    throw new InputError(
      `The model "${model.name}" takes ${inputs} (height × width × channels), but was given one of ${given.join(" × ")}.`,
    );
  }
  return modelGraph(model, [height, width, channels]);
}
