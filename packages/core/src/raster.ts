import { InputError } from "./errors.js";

/** The element types that EM images come in. */
export type RasterData = Uint8Array | Uint16Array | Float32Array;

/** An image in memory: rows from top to bottom, pixels from left to right, channels interleaved. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  /** `height × width × channels` values. */
  readonly data: RasterData;
}

/**
 * How likely each pixel is to belong to the object: probability = data / maximum, in [0, 1].
 * A mask is a map whose values are all 0 or `maximum`. 8- and 16-bit maps stay as they were stored.
 */
export interface ProbabilityMap {
  readonly width: number;
  readonly height: number;
  /** `height × width` values, row by row. */
  readonly data: RasterData;
  /** The value that stands for probability 1: 255, 65535, 1, or 1 for a mask of 0 and 1. */
  readonly maximum: number;
  /** A pixel is object if its probability is above this; 0.5 where absent. Chosen on validation data, never on test data. */
  readonly threshold?: number;
  /** 1 where a truth says nothing: such pixels are left out of training and of every score. */
  readonly ignored?: Uint8Array;
  /**
   * `height × width` numbers where the file of a mask numbers its objects, 0 in the background: an object is all that has one
   * number, so that objects stay apart where they touch. Absent where a file numbers none: an object is then whatever hangs
   * together.
   */
  readonly instances?: Uint32Array;
}

/** A map of 0 and 1 from anything that is truthy where the object is. */
export function maskOf(width: number, height: number, isObject: (index: number) => boolean): ProbabilityMap {
  const data = new Uint8Array(width * height);
  for (let i = 0; i < data.length; i++) data[i] = isObject(i) ? 1 : 0;
  return { width, height, data, maximum: 1 };
}

/** `1` where the probability is above the threshold, else `0`. Values are compared as 32-bit floats, as the paper's evaluation does. */
export function binarize(map: ProbabilityMap, threshold = map.threshold ?? 0.5): Uint8Array {
  const { data, maximum } = map;
  const binary = new Uint8Array(data.length);
  if (data instanceof Float32Array) {
    for (let i = 0; i < data.length; i++) binary[i] = +(Math.fround((data[i] as number) / maximum) > threshold);
    return binary;
  }
  // Integer maps: find the first value above the threshold once, then compare integers.
  const most = data instanceof Uint8Array ? 255 : 65535;
  let first = 0;
  while (first <= most && !(Math.fround(first / maximum) > threshold)) first++;
  for (let i = 0; i < data.length; i++) binary[i] = +((data[i] as number) >= first);
  return binary;
}

/** The probabilities as 32-bit floats in [0, 1]; a new array unless the map already holds them. */
export function probabilities({ data, maximum }: ProbabilityMap): Float32Array {
  if (data instanceof Float32Array && maximum === 1) return data;
  const values = new Float32Array(data.length);
  for (let i = 0; i < values.length; i++) values[i] = (data[i] as number) / maximum;
  return values;
}

/** Throws {@link InputError} unless both have the same width and height. */
export function requireSameSize(
  what: string,
  a: { width: number; height: number },
  b: { width: number; height: number },
): void {
  if (a.width !== b.width || a.height !== b.height) {
    throw new InputError(
      `${what} differ in size: ${a.width} × ${a.height} and ${b.width} × ${b.height} pixels (width × height). They must match pixel for pixel.`,
    );
  }
}
