import type { Comparison } from "@em-stellar/core";
import { binaryMasks } from "./binary-masks.js";
import { distancesToNearest } from "./distance-transform.js";

/**
 * How far, in pixels, each boundary pixel of one mask is from the nearest boundary pixel of the other: Infinity where the
 * other has none. A boundary pixel is an object pixel with a 4-neighbour that is background; what lies outside the image
 * is background, so a mask with an object has a boundary (as in MONAI).
 */
export interface SurfaceDistances {
  /** One for each boundary pixel of the truth, row by row. */
  readonly fromTruth: Float64Array;
  /** One for each boundary pixel of the prediction, row by row. */
  readonly fromPrediction: Float64Array;
}

/** The distances of a comparison's masks. `comparison.derive(surfaceDistances)` measures once, however many metrics ask. */
export function surfaceDistances(comparison: Comparison): SurfaceDistances {
  const { width, height, ...masks } = comparison.derive(binaryMasks);
  const truth = boundary(masks.truth, width, height);
  const prediction = boundary(masks.prediction, width, height);
  return {
    fromTruth: distancesToNearest(truth, prediction, width, height),
    fromPrediction: distancesToNearest(prediction, truth, width, height),
  };
}

/** Indices of a mask's boundary pixels, ascending. */
function boundary(mask: Uint8Array, width: number, height: number): Int32Array {
  let objects = 0;
  for (let i = 0; i < mask.length; i++) objects += mask[i] as number;
  const indices = new Int32Array(objects);
  let count = 0;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      if (mask[i] === 0) continue;
      const inside =
        x > 0 &&
        x < width - 1 &&
        y > 0 &&
        y < height - 1 &&
        mask[i - 1] === 1 &&
        mask[i + 1] === 1 &&
        mask[i - width] === 1 &&
        mask[i + width] === 1;
      if (!inside) indices[count++] = i;
    }
  }
  return indices.slice(0, count);
}
