import { InputError } from "@em-stellar/core";
import type { Connectivity } from "./connectivity.js";
import { type LabelledRuns, labelRuns, numberedRuns, plateausOf } from "./runs.js";

/** An image of numbered regions. */
export interface LabelMap {
  readonly width: number;
  readonly height: number;
  /** `height × width` numbers, row by row: the region of a pixel, from 1 to `count`, or 0 where it is in none. */
  readonly labels: Int32Array;
  /** Number of regions. */
  readonly count: number;
}

/**
 * The objects of a mask: pixels that are not 0 (`height × width` values, row by row) belong to one object where they
 * hang together by their edges (`connectivity` 4), or also by their corners (8). Objects are numbered from 1 in the
 * order in which a reader, row by row, meets them. Throws `InputError` where the mask is not of the size given.
 */
export function connectedComponents(
  mask: Uint8Array,
  width: number,
  height: number,
  connectivity: Connectivity = 4,
): LabelMap {
  requireMask(mask, width, height);
  return labelMapOf(labelRuns(plateausOf(mask, layoutOf(width, height)), 0, connectivity), width, height);
}

/** The objects of an image whose file numbers them, 0 in the background: an object is all that has one number. */
export function numberedObjects(numbers: Uint32Array, width: number, height: number): LabelMap {
  return labelMapOf(numberedRuns(numbers, layoutOf(width, height)), width, height);
}

function layoutOf(width: number, height: number) {
  return { lines: height, length: width, stride: width, origin: 0 };
}

function labelMapOf(
  { runs, starts, ends, labels: labelOf, components }: LabelledRuns,
  width: number,
  height: number,
): LabelMap {
  const labels = new Int32Array(width * height);
  for (let run = 0; run < runs; run++) {
    const label = labelOf[run] as number;
    for (let i = starts[run] as number; i < (ends[run] as number); i++) labels[i] = label;
  }
  return { width, height, labels, count: components };
}

/** Throws `InputError` unless the mask has one value for each pixel. */
export function requireMask(mask: Uint8Array, width: number, height: number): void {
  if (mask.length !== width * height) {
    throw new InputError(
      `The mask has ${mask.length} values for ${width} × ${height} pixels (width × height). It needs one value for each pixel.`,
    );
  }
}
