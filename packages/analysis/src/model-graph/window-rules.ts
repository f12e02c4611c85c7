import { type PixelWindow, pointwise, type ReceptiveField } from "@em-stellar/core/training";

/** What is read of the settings of tfjs's own layers, sizes for rows and columns. */
export interface Settings {
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

/** How far a layer sees; undefined where it sees everything, or nobody can tell. Sides are multiples of its strides. */
export type WindowRule = (settings: Settings) => ReceptiveField | undefined;

type Side = 0 | 1;

/** The same for rows and columns, in layers that can also have channels first, of which nothing is known. */
const sides =
  (window: (settings: Settings, side: Side) => PixelWindow): WindowRule =>
  (settings) =>
    settings.dataFormat === "channelsFirst" ? undefined : { rows: window(settings, 0), columns: window(settings, 1) };

/** Each pixel is made of the same pixel of the inputs, in prediction and with channels last. */
export const samePixel: WindowRule = () => pointwise;
export const convolutionWindow = sides((settings, side) =>
  sliding(at(settings.kernelSize, side), at(settings.dilationRate, side), settings, side),
);
export const poolingWindow = sides((settings, side) => sliding(at(settings.poolSize, side), 1, settings, side));
export const deconvolutionWindow = sides(spreading);
export const enlargementWindow = sides(enlarging);
export const paddingWindow = sides(({ padding }, side) => moved(-edge(padding, side)));
export const croppingWindow = sides(({ cropping }, side) => moved(edge(cropping, side)));
/** Of layers that look along one axis, all of it. */
export const alongChannels: WindowRule = ({ axis, dataFormat }) =>
  dataFormat !== "channelsFirst" && isLast(axis) ? pointwise : undefined;
/** With a slope for each place, the network takes images of one size only. */
export const sharedSlopes: WindowRule = ({ sharedAxes }) =>
  sharedAxes?.includes(1) && sharedAxes.includes(2) ? pointwise : undefined;

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
