import { InputError } from "@em-stellar/core";
import type { PixelWindow } from "@em-stellar/core/training";
import type { LayersModel, Shape, SymbolicTensor } from "@tensorflow/tfjs-layers";
import { windowOf } from "./layer-window.js";

/** Pixels on each side of a tile whose results differ from those of the whole image, because they would need what lies beyond. */
export interface Margins {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

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

/** Where, along a side, a tensor of a tile is as it would be in the whole image: from `from` up to `to` of its `length` pixels. */
interface Sound {
  readonly length: number;
  readonly from: number;
  readonly to: number;
}

/** What reaches a tensor. */
interface Reached {
  readonly shape: Shape;
  /** Values that its layer makes when it runs, those of its other outputs too. */
  readonly made: number;
  /** Undefined behind a layer that nobody knows. */
  readonly rows: Sound | undefined;
  readonly columns: Sound | undefined;
}

type Traced = Map<string, Reached>;

/** Sides of the image that is followed through the layers: longer than any network sees, and a multiple of every likely stride. */
const side = 2 ** 14 * 9 * 5 * 7;

/** Memory for each byte of a tensor: allocators leave gaps. Seen on wasm: 1.2 to 1.8. */
const spread = 1.5;

function measure(model: LayersModel): ModelGeometry {
  const image = requireOne(model.inputs, "takes", "images");
  const probability = requireOne(model.outputs, "gives", "outputs");
  const [, fixedHeight = null, fixedWidth = null, channels] = image.shape;
  if (image.shape.length !== 4 || typeof channels !== "number") {
    throw notSegmenting(`it takes [${image.shape.slice(1).join(", ")}], not images of [height, width, channels]`);
  }
  const isFixed = fixedHeight !== null || fixedWidth !== null;
  const [height, width] = [fixedHeight ?? side, fixedWidth ?? side];
  const sorted = inOrder(probability, image);
  const traced = trace(image, [1, height, width, channels], sorted);
  const { shape, rows, columns } = traced.get(probability.name) as Reached; // the last of those in order
  if (shape.length !== 4 || shape[1] !== height || shape[2] !== width || shape[3] !== 1) {
    const [made, wanted] = [shape.slice(1).join(", "), `${height}, ${width}, 1`];
    throw notSegmenting(`of [${height}, ${width}, ${channels}] it makes [${made}], not [${wanted}]`);
  }
  const blind = sorted.find(({ name }) => !traced.get(name)?.rows)?.sourceLayer;
  return {
    channels,
    size: isFixed ? { width, height } : undefined,
    stride: strideOf(height, width, traced),
    margins: isFixed || !rows || !columns ? undefined : marginsOf(rows, columns),
    unknown: blind && `"${blind.name}" (${blind.getClassName()})`,
    bytesPerPixel: (spread * peakOf(image, sorted, traced)) / (height * width),
  };
}

/** Follows an image of a shape through the layers. */
function trace(image: SymbolicTensor, shape: readonly number[], sorted: readonly SymbolicTensor[]): Traced {
  const [, height = 0, width = 0] = shape;
  const whole = (length: number): Sound => ({ length, from: 0, to: length });
  const traced: Traced = new Map();
  traced.set(image.name, { shape: [...shape], made: sizeOf([...shape]), rows: whole(height), columns: whole(width) });
  for (const { name, sourceLayer: layer, inputs: sources, outputTensorIndex = 0 } of sorted) {
    const inputs = sources.map((source) => traced.get(source.name) as Reached); // they come before in this order
    const shapes = inputs.map((input) => input.shape);
    const computed = layer.computeOutputShape(shapes.length === 1 ? (shapes[0] as Shape) : shapes);
    const outputs = (Array.isArray(computed[0]) ? computed : [computed]) as Shape[]; // a list of shapes, or one
    const output = outputs[outputTensorIndex] as Shape;
    const window = windowOf(layer);
    const rows =
      window &&
      through(
        inputs.map((input) => input.rows),
        window.rows,
        output[1],
      );
    const columns =
      window &&
      through(
        inputs.map((input) => input.columns),
        window.columns,
        output[2],
      );
    const made = outputs.reduce((sum, each) => sum + sizeOf(each), 0);
    traced.set(name, { shape: output, made, ...(rows && columns ? { rows, columns } : nowhere) });
  }
  return traced;
}

const nowhere = { rows: undefined, columns: undefined };

/** What is sound of an output that a window makes of inputs of one size. */
function through(
  inputs: readonly (Sound | undefined)[],
  { stride, first, last }: PixelWindow,
  length: number | null | undefined,
): Sound | undefined {
  const [one] = inputs;
  if (!one || typeof length !== "number") return undefined;
  let { from, to } = one;
  for (const input of inputs) {
    if (!input || input.length !== one.length) return undefined;
    from = Math.max(from, input.from);
    to = Math.min(to, input.to);
  }
  // Pixel i is sound where all whole numbers from i · stride + first to i · stride + last are. What lies beyond the edge,
  // zeros in a tile, is not. A hair, because sums of fractions must never make one pixel too many sound.
  const hair = 1e-6;
  return {
    length,
    from: Math.max(0, Math.floor((from - 1 - first) / stride + hair) + 1),
    to: Math.min(length, Math.ceil((to - last) / stride - hair)),
  };
}

function marginsOf(rows: Sound, columns: Sound): Margins {
  const [top, left] = [rows.from, columns.from];
  return { top, bottom: rows.length - rows.to, left, right: columns.length - columns.to };
}

/** What sides must be multiples of, for every tensor to have its part of them. */
function strideOf(height: number, width: number, traced: Traced): number {
  const scales = [...traced.values()].flatMap(({ rows, columns }) =>
    rows && columns ? [height / rows.length, width / columns.length] : [],
  );
  // Not quite whole where zeros are put around.
  return scales.reduce((stride, scale) => leastCommonMultiple(stride, Math.max(1, Math.round(scale))), 1);
}

function leastCommonMultiple(a: number, b: number): number {
  let [divisor, rest] = [a, b];
  while (rest > 0) [divisor, rest] = [rest, divisor % rest];
  return (a / divisor) * b;
}

/** The tensors on the way from `image`, exclusive, to `last`, in the order in which tfjs-layers computes them. */
function inOrder(last: SymbolicTensor, image: SymbolicTensor): SymbolicTensor[] {
  const seen = new Set([image.name]);
  const order: SymbolicTensor[] = [];
  const stack = [{ tensor: last, isReady: false }];
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { tensor, isReady } = next;
    if (seen.has(tensor.name)) continue;
    if (isReady) {
      seen.add(tensor.name);
      order.push(tensor);
    } else {
      if (tensor.inputs.length === 0) throw notSegmenting(`"${tensor.name}" is a second input`);
      stack.push({ tensor, isReady: true }, ...tensor.inputs.map((input) => ({ tensor: input, isReady: false })));
    }
  }
  return order;
}

/** The most bytes that tensors hold while tfjs-layers computes them one after another, each given up after its last use. */
function peakOf(image: SymbolicTensor, sorted: readonly SymbolicTensor[], traced: Traced): number {
  const of = ({ name }: SymbolicTensor) => traced.get(name) as Reached; // all have been traced
  const lastUse = new Map<string, number>();
  sorted.forEach(({ inputs }, i) => {
    for (const { name } of inputs) lastUse.set(name, i);
  });
  let held = 2 * of(image).made; // tfjs-layers cuts its batches out of the input, which stays
  let peak = held;
  sorted.forEach((tensor, i) => {
    // A layer of several outputs runs once for each, and what it has made before is not given up.
    held += of(tensor).made;
    peak = Math.max(peak, held);
    for (const input of new Set(tensor.inputs)) {
      if (lastUse.get(input.name) === i && input !== image) held -= sizeOf(of(input).shape);
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
    `The model is no segmentation network (one image in, one probability for each pixel out): ${problem}.`,
  );
}
