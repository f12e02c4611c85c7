import {
  layerType,
  type Margins,
  type ModelGraph,
  modelGraph,
  reachOf,
  type Value,
} from "@em-stellar/analysis/model-graph";
import { InputError } from "@em-stellar/core";
import type { LayersModel, Shape, SymbolicTensor } from "@tensorflow/tfjs-layers";

/** What must be known of a model to predict large images with it. */
export interface ModelGeometry {
  readonly channels: number;
  /** The only size of images that the model takes; undefined where it takes any, as those of a benchmark do. */
  readonly size: { readonly width: number; readonly height: number } | undefined;
  /** Sides of an input are multiples of it. */
  readonly stride: number;
  /** Undefined where a layer sees everything, or does not say how far it sees. */
  readonly margins: Margins | undefined;
  /** Name and class of the first such layer. */
  readonly unknown: string | undefined;
  /** Memory that tensors take at most at a time, with the gaps between them, in bytes for each pixel of an input. */
  readonly bytesPerPixel: number;
}

const known = new WeakMap<LayersModel, ModelGeometry>();

/**
 * Works a model's geometry out from its layers. Throws `InputError` for a model that is no segmentation network: one image
 * [height, width, channels] in, one probability a pixel out.
 */
export function geometryOf(model: LayersModel): ModelGeometry {
  const found = known.get(model) ?? measure(model);
  known.set(model, found);
  return found;
}

/** Sides of the image that is followed through the layers: longer than any network sees, and a multiple of every likely stride. */
const side = 2 ** 14 * 9 * 5 * 7;

/** Memory for each byte of a tensor: allocators leave gaps. Seen on wasm: 1.2 to 1.8. */
const spread = 1.5;

function measure(model: LayersModel): ModelGeometry {
  const image = requireOne(model.inputs, "takes", "images");
  requireOne(model.outputs, "gives", "outputs");
  const [, fixedHeight = null, fixedWidth = null, channels] = image.shape;
  if (image.shape.length !== 4 || typeof channels !== "number") {
    throw notSegmenting(`it takes [${image.shape.slice(1).join(", ")}], not images of [height, width, channels]`);
  }
  const isFixed = fixedHeight !== null || fixedWidth !== null;
  const [height, width] = [fixedHeight ?? side, fixedWidth ?? side];
  const graph = modelGraph(model, [height, width, channels]);
  const { shape } = graph.outputs[0] as Value; // one, as of the model
  if (shape.length !== 4 || shape[1] !== height || shape[2] !== width || shape[3] !== 1) {
    const [made, wanted] = [shape.slice(1).join(", "), `${height}, ${width}, 1`];
    throw notSegmenting(`of [${height}, ${width}, ${channels}] it makes [${made}], not [${wanted}]`);
  }
  const { margins, stride, unknown } = reachOf(graph);
  return {
    channels,
    size: isFixed ? { width, height } : undefined,
    stride,
    margins: isFixed ? undefined : margins,
    unknown: unknown && `"${unknown.name}" (${layerType(unknown)})`,
    bytesPerPixel: (spread * peakOf(graph)) / (height * width),
  };
}

/** The most bytes that tensors hold while tfjs-layers computes them one after another, each given up after its last use. */
function peakOf({ input, steps, outputs }: ModelGraph): number {
  const lastUse = new Map<Value, number>();
  steps.forEach(({ inputs }, i) => {
    for (const value of inputs) lastUse.set(value, i);
  });
  let held = 2 * sizeOf(input.shape); // tfjs-layers cuts its batches out of the input, which stays
  let peak = held;
  steps.forEach((step, i) => {
    // A layer of several outputs runs once for each, and what it has made before is not given up.
    const runs = step.outputs.filter((value) => lastUse.has(value) || outputs.includes(value)).length;
    held += runs * step.outputs.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    peak = Math.max(peak, held);
    for (const value of new Set(step.inputs)) {
      if (lastUse.get(value) === i && value !== input) held -= sizeOf(value.shape);
    }
  });
  return 4 * peak;
}

function sizeOf(shape: Shape): number {
  return shape.reduce<number>((product, length) => product * (length ?? 1), 1);
}

function requireOne(tensors: readonly SymbolicTensor[], verb: string, what: string): SymbolicTensor {
  const [only, ...others] = tensors;
  if (only && others.length === 0) return only;
  throw notSegmenting(`it ${verb} ${tensors.length} ${what}`);
}

function notSegmenting(problem: string): InputError {
  return new InputError(
    `The model is not a segmentation network (one image in, one probability for each pixel out): ${problem}.`,
  );
}
