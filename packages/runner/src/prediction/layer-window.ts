import { type Layer, type PixelWindow, pointwise, type ReceptiveField } from "@em-stellar/core/training";

/** Layers of tfjs that make each pixel of the same pixel of their inputs, in prediction and with channels last. */
const pointwiseLayers = new Set([
  "Activation",
  "Add",
  "AlphaDropout",
  "Average",
  "Dense",
  "Dropout",
  "ELU",
  "GaussianDropout",
  "GaussianNoise",
  "LeakyReLU",
  "Maximum",
  "Minimum",
  "Multiply",
  "ReLU",
  "Rescaling",
  "ThresholdedReLU",
]);

/** What is read of the settings of tfjs's own layers, sizes for rows and columns. */
interface Settings {
  readonly axis?: number | readonly number[];
  readonly dataFormat?: string;
  readonly dilationRate?: number | readonly number[];
  readonly interpolation?: string;
  readonly kernelSize?: readonly number[];
  readonly padding?: "same" | "valid" | readonly (readonly number[])[];
  readonly cropping?: readonly (readonly number[])[];
  readonly poolSize?: readonly number[];
  readonly sharedAxes?: readonly number[] | null;
  readonly size?: readonly number[];
  readonly strides?: readonly number[];
}

type Side = 0 | 1;

/** How far a layer sees; undefined where it sees everything, or nobody can tell. Sides are multiples of its strides. */
export function windowOf(layer: Layer): ReceptiveField | undefined {
  if (tells(layer)) return layer.receptiveField();
  const name = layer.getClassName();
  if (pointwiseLayers.has(name)) return pointwise;
  const settings = layer.getConfig() as Settings; // the classes below are tfjs's own
  if (settings.dataFormat === "channelsFirst") return undefined;
  const both = (window: (side: Side) => PixelWindow): ReceptiveField => ({ rows: window(0), columns: window(1) });
  switch (name) {
    case "Conv2D":
    case "DepthwiseConv2D":
    case "SeparableConv2D":
      return both((side) => sliding(at(settings.kernelSize, side), at(settings.dilationRate, side), settings, side));
    case "MaxPooling2D":
    case "AveragePooling2D":
      return both((side) => sliding(at(settings.poolSize, side), 1, settings, side));
    case "Conv2DTranspose":
      return both((side) => spreading(settings, side));
    case "UpSampling2D":
      return both((side) => enlarging(settings, side));
    case "ZeroPadding2D":
      return both((side) => moved(-edge(settings.padding, side)));
    case "Cropping2D":
      return both((side) => moved(edge(settings.cropping, side)));
    case "BatchNormalization":
    case "LayerNormalization":
    case "Concatenate":
    case "Softmax":
      return isLast(settings.axis) ? pointwise : undefined;
    case "PReLU": // with a slope for each place, the network takes images of one size only
      return settings.sharedAxes?.includes(1) && settings.sharedAxes.includes(2) ? pointwise : undefined;
    default:
      return undefined;
  }
}

function tells(layer: Layer): layer is Layer & { receptiveField(): ReceptiveField } {
  return "receptiveField" in layer && typeof layer.receptiveField === "function";
}

/** A kernel that moves over the input. */
function sliding(taps: number, dilation: number, { strides, padding }: Settings, side: Side): PixelWindow {
  const stride = at(strides, side);
  const reach = dilation * (taps - 1);
  // "same" keeps side / stride: what is missing is added on both sides, the odd one after.
  const before = padding === "same" ? Math.floor(Math.max(reach + 1 - stride, 0) / 2) : 0;
  return { stride, first: -before, last: reach - before };
}

/** A kernel that every input pixel is multiplied with; the parts overlap. */
function spreading({ kernelSize, strides, padding }: Settings, side: Side): PixelWindow {
  const [taps, stride] = [at(kernelSize, side), at(strides, side)];
  const cut = padding === "same" ? Math.floor(Math.max(taps - stride, 0) / 2) : 0;
  return { stride: 1 / stride, first: (cut - taps + 1) / stride, last: cut / stride };
}

function enlarging({ size, interpolation }: Settings, side: Side): PixelWindow {
  const factor = at(size, side);
  return { stride: 1 / factor, first: -(factor - 1) / factor, last: interpolation === "bilinear" ? 1 : 0 };
}

function moved(by: number): PixelWindow {
  return { stride: 1, first: by, last: by };
}

function at(sizes: number | readonly number[] | undefined, side: Side): number {
  return (typeof sizes === "number" ? sizes : sizes?.[side]) ?? 1;
}

/** Rows above or columns to the left of what is kept or padded. */
function edge(sizes: Settings["padding"], side: Side): number {
  const pair = sizes?.[side];
  return typeof pair === "object" ? (pair[0] ?? 0) : 0;
}

function isLast(axis: number | readonly number[] | undefined): boolean {
  const [only, ...others] = typeof axis === "object" ? axis : [axis ?? -1];
  return others.length === 0 && (only === -1 || only === 3);
}
