import type { Layer, PixelWindow } from "@em-stellar/core/training";
import type { ModelGraph, Value } from "./model-graph.js";
import { windowOf } from "./window-of.js";

/** Pixels on each side of a tile whose results differ from those of the whole image, because they would need what lies beyond. */
export interface Margins {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** How far a model sees. */
export interface Reach {
  /** Of its first output; undefined where a layer sees everything, or does not say how far it sees. */
  readonly margins: Margins | undefined;
  /** Sides of an image are multiples of it, so that every tensor has its part of them. */
  readonly stride: number;
  /** The first layer that sees everything, or does not say how far. */
  readonly unknown: Layer | undefined;
}

/** Where, along a side, a tensor of a tile is as it would be in the whole image: from `from` up to `to` of its `length` pixels. */
interface Sound {
  readonly length: number;
  readonly from: number;
  readonly to: number;
}

interface SoundPart {
  readonly rows: Sound;
  readonly columns: Sound;
}

/** Follows an image through the layers. It must be longer than the model sees, with sides that are multiples of its stride. */
export function reachOf({ input, steps, outputs }: ModelGraph): Reach {
  const [, height = 0, width = 0] = input.shape as number[]; // a graph's shapes are known
  const whole = (length: number): Sound => ({ length, from: 0, to: length });
  const sound = new Map<Value, SoundPart>([[input, { rows: whole(height), columns: whole(width) }]]); // of what is known
  let unknown: Layer | undefined;
  for (const { layer, inputs, outputs: made } of steps) {
    const window = windowOf(layer);
    const parts = inputs.map((value) => sound.get(value));
    for (const value of made) {
      const [, down, across] = value.shape;
      const rows =
        window &&
        through(
          parts.map((part) => part?.rows),
          window.rows,
          down,
        );
      const columns =
        window &&
        through(
          parts.map((part) => part?.columns),
          window.columns,
          across,
        );
      if (rows && columns) sound.set(value, { rows, columns });
      else unknown ??= layer;
    }
  }
  const last = outputs[0] && sound.get(outputs[0]);
  const scales = [...sound.values()].flatMap(({ rows, columns }) => [height / rows.length, width / columns.length]);
  return {
    margins: last && marginsOf(last),
    // Not quite whole where zeros are put around.
    stride: scales.reduce((stride, scale) => leastCommonMultiple(stride, Math.max(1, Math.round(scale))), 1),
    unknown,
  };
}

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

function marginsOf({ rows, columns }: SoundPart): Margins {
  const [top, left] = [rows.from, columns.from];
  return { top, bottom: rows.length - rows.to, left, right: columns.length - columns.to };
}

function leastCommonMultiple(a: number, b: number): number {
  let [divisor, rest] = [a, b];
  while (rest > 0) [divisor, rest] = [rest, divisor % rest];
  return (a / divisor) * b;
}
