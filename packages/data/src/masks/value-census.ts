import type { PaletteColor } from "@em-stellar/core";
import type { Shown } from "./shown.js";
import type { Numbers, StoredValues } from "./stored-values.js";

/** What one file's numbers look like: all that is needed to decide what they mean, as plain data. */
export interface ValueCensus extends Shown {
  /** For messages. */
  readonly name: string;
  readonly numbers: Numbers;
  /** 8 or 16 for greys; 32 for floats. */
  readonly bits: 8 | 16 | 32;
  readonly fullRange: number;
  readonly pixels: number;
  readonly lowest: number;
  readonly highest: number;
  /** Distinct values; 400 stands for 400 or more. */
  readonly distinct: number;
  /** Value and number of its pixels, ascending; of a file with very many values only some, the lowest and highest among them. */
  readonly counts: readonly (readonly [value: number, pixels: number])[];
  readonly isWhole: boolean;
  /** Values that fill at least one block of 3 × 3 pixels. */
  readonly solid: readonly number[];
  /** The values of the four corners. */
  readonly corners: readonly number[];
  /** How the painted values lie beside each other. */
  readonly texture: Texture;
  readonly palette?: readonly PaletteColor[];
}

interface Texture {
  /** Share of painted pixels below the highest possible value whose four neighbours are equal to them. */
  readonly flat: number;
  /** Of the steps between unequal neighbours, the share that are small beside the larger value. */
  readonly gentle: number;
  /** Connected pieces of one value, for each distinct painted value. */
  readonly pieces: number;
}

/** Distinct values that are counted one by one. */
export const mostCounted = 400;

/** Looks through the numbers of one file. */
export function takeCensus(name: string, values: StoredValues, shown: Shown = {}): ValueCensus {
  const { data, numbers, fullRange, width, height, palette } = values;
  const counted = countValues(data);
  return {
    name,
    numbers,
    bits: data instanceof Uint8Array ? 8 : data instanceof Uint16Array ? 16 : 32,
    fullRange,
    pixels: data.length,
    ...counted,
    solid: counted.isWhole ? solidValues(data, width, height) : [],
    corners: [0, width - 1, (height - 1) * width, height * width - 1].map((i) => data[i] as number),
    // Two values, or fractions, are no labels.
    texture: counted.isWhole && counted.distinct > 2 ? textureOf(data, width, height, fullRange) : plain,
    ...(palette && { palette }),
    ...shown,
  };
}

/** Even nowhere. */
const plain: Texture = { flat: 0, gentle: 1, pieces: 0 };

function countValues(data: StoredValues["data"]) {
  return data instanceof Uint8Array || data instanceof Uint16Array ? countGreys(data) : countNumbers(data);
}

function countGreys(data: Uint8Array | Uint16Array) {
  const histogram = new Uint32Array(data instanceof Uint8Array ? 256 : 65536);
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as number;
    histogram[value] = (histogram[value] as number) + 1;
  }
  const all: (readonly [number, number])[] = [];
  for (let value = 0; value < histogram.length; value++) {
    const pixels = histogram[value] as number;
    if (pixels > 0) all.push([value, pixels]);
  }
  const [lowest, highest] = [all[0], all.at(-1)] as [readonly [number, number], readonly [number, number]]; // one pixel at least
  return {
    lowest: lowest[0],
    highest: highest[0],
    isWhole: true,
    distinct: Math.min(all.length, mostCounted),
    counts: all.length > mostCounted ? [...all.slice(0, mostCounted - 1), highest] : all,
  };
}

function countNumbers(data: ArrayLike<number>) {
  const counts = new Map<number, number>();
  let [lowest, highest] = [data[0] as number, data[0] as number]; // an image has at least one pixel
  let isWhole = true;
  let isFull = false;
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as number;
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
    if (isWhole && !Number.isInteger(value)) isWhole = false;
    if (isFull) continue;
    counts.set(value, (counts.get(value) ?? 0) + 1);
    isFull = counts.size > mostCounted;
  }
  const kept = isFull ? [...counts].filter(([value]) => value !== highest && value !== lowest) : [...counts];
  const ends = isFull
    ? [lowest, ...(highest > lowest ? [highest] : [])].map((end) => [end, countOf(data, end)] as const)
    : [];
  return {
    lowest,
    highest,
    isWhole,
    distinct: isFull ? mostCounted : counts.size,
    counts: [...kept, ...ends].sort(([a], [b]) => a - b),
  };
}

function countOf(data: ArrayLike<number>, wanted: number): number {
  let count = 0;
  for (let i = 0; i < data.length; i++) if (data[i] === wanted) count++;
  return count;
}

function solidValues(data: ArrayLike<number>, width: number, height: number): number[] {
  const solid = new Set<number>();
  const isRun = (at: number, value: number) => data[at] === value && data[at - 1] === value && data[at + 1] === value;
  for (let y = 1; y + 1 < height; y++) {
    for (let x = 1; x + 1 < width; x++) {
      const at = y * width + x;
      const value = data[at] as number;
      if (data[at + 1] !== value || data[at + width] !== value || solid.has(value)) continue;
      if (isRun(at - width, value) && isRun(at, value) && isRun(at + width, value)) solid.add(value);
      if (solid.size >= mostCounted) return [...solid];
    }
  }
  return [...solid];
}

function textureOf(data: ArrayLike<number>, width: number, height: number, fullRange: number): Texture {
  const at = (x: number, y: number) => data[y * width + x] as number;
  let [painted, flat, steps, gentle] = [0, 0, 0, 0];
  const look = (a: number, b: number) => {
    if (a === b) return;
    const [large, small] = a > b ? [a, b] : [b, a];
    if (large < 3 || large >= fullRange) return;
    steps++;
    if (large - small <= Math.max(2, large / 4)) gentle++;
  };
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = at(x, y);
      if (x + 1 < width) look(value, at(x + 1, y));
      if (y + 1 < height) look(value, at(x, y + 1));
      if (value === 0 || value >= fullRange) continue;
      painted++;
      if (x === 0 || y === 0 || x + 1 === width || y + 1 === height) continue;
      if (at(x - 1, y) === value && at(x + 1, y) === value && at(x, y - 1) === value && at(x, y + 1) === value) flat++;
    }
  }
  if (painted === 0) return plain;
  const isPlain = flat / painted < leastFlat;
  return {
    flat: flat / painted,
    gentle: steps === 0 ? 1 : gentle / steps,
    // Only asked of what may be labels.
    pieces: isPlain ? Number.POSITIVE_INFINITY : piecesOfEach(data, width, height, fullRange),
  };
}

/** Connected pieces (across edges) for each painted value below the full range. */
function piecesOfEach(data: ArrayLike<number>, width: number, height: number, fullRange: number): number {
  const seen = new Uint8Array(width * height);
  const queue: number[] = [];
  const distinct = new Set<number>();
  let pieces = 0;
  for (let start = 0; start < seen.length; start++) {
    const value = data[start] as number;
    if (seen[start] || value === 0 || value >= fullRange) continue;
    pieces++;
    distinct.add(value);
    seen[start] = 1;
    queue.push(start);
    while (queue.length > 0) {
      const at = queue.pop() as number; // the length was just looked at
      const x = at % width;
      const visit = (next: number) => {
        if (seen[next] || data[next] !== value) return;
        seen[next] = 1;
        queue.push(next);
      };
      if (x > 0) visit(at - 1);
      if (x + 1 < width) visit(at + 1);
      if (at >= width) visit(at - width);
      if (at + width < seen.length) visit(at + width);
    }
  }
  return pieces / distinct.size;
}

/** Below this, an image is no set of evenly painted areas. */
const leastFlat = 0.08;

/**
 * Whether an image numbers or classes its objects rather than saying how likely each pixel is: evenly painted areas whose
 * values jump at their borders, each value in one piece or two, or few values in all. Of a probability map the steps are
 * small beside the values, or nothing is even.
 */
export function looksLikeLabels({
  texture: { flat, gentle, pieces },
  distinct,
  isWhole,
  highest,
}: ValueCensus): boolean {
  if (!isWhole || distinct < 3 || flat < leastFlat) return false;
  if (distinct <= 12 && highest <= 12) return true;
  return gentle <= 0.5 && (pieces <= 3 || distinct <= 12);
}
