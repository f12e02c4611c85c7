import type { Random } from "@em-stellar/core";
import type { AugmentationOptions } from "./options.js";

/** One affine transform of a square patch, and what fills the places that have no source. */
export interface Transform {
  /**
   * a0 a1 a2 b0 b1 b2 0 0: the output pixel (x, y) takes its value from the input at (a0 x + a1 y + a2, b0 x + b1 y + b2).
   * Pixel centres are whole numbers.
   */
  readonly coefficients: readonly number[];
  readonly fill: AugmentationOptions["fill"];
}

/** The numbers that one transform is made of. */
export interface TransformParts {
  /** Radians. */
  readonly rotation?: number;
  /** Pixels that the output is taken from further down. */
  readonly shiftRows?: number;
  /** Pixels that the output is taken from further right. */
  readonly shiftColumns?: number;
  /** Radians. */
  readonly shear?: number;
  readonly zoomRows?: number;
  readonly zoomColumns?: number;
  readonly flipHorizontal?: boolean;
  readonly flipVertical?: boolean;
}

/**
 * Draws a transform for a patch of side × side pixels. Always takes eight numbers from `random`, in the order of Keras
 * (rotation, shifts, shear, zooms, flips), whatever is switched off; quarter turns have a stream of their own.
 */
export function drawTransform(random: Random, options: AugmentationOptions, side: number): Transform {
  const radians = Math.PI / 180;
  const quarters = options.quarterTurns ? random.fork("quarter turns").integer(4) : 0;
  const around = (range: number) => random.uniform(-range, range);
  const parts = {
    rotation: around(options.rotation * radians) + (quarters * Math.PI) / 2,
    shiftRows: around(options.shift) * side,
    shiftColumns: around(options.shift) * side,
    shear: around(options.shear * radians),
    zoomRows: 1 + around(options.zoom),
    zoomColumns: 1 + around(options.zoom),
    flipHorizontal: random.next() < 0.5 && options.flipHorizontal,
    flipVertical: random.next() < 0.5 && options.flipVertical,
  };
  return { coefficients: coefficientsOf(parts, side), fill: options.fill };
}

/**
 * rotation · shift · shear · zoom about the patch's centre, side/2 − 0.5, then the flips: the map from output to input of
 * Keras's image generator (github.com/keras-team/keras-preprocessing, `apply_affine_transform`).
 */
export function coefficientsOf(parts: TransformParts, side: number): readonly number[] {
  const { rotation = 0, shiftRows = 0, shiftColumns = 0, shear = 0, zoomRows = 1, zoomColumns = 1 } = parts;
  const [cos, sin] = [Math.cos(rotation), Math.sin(rotation)];
  // Rows of the matrix in (row, column) coordinates: rotation · shear · zoom, and rotation applied to the shift.
  const flipRow = parts.flipVertical ? -1 : 1;
  const flipColumn = parts.flipHorizontal ? -1 : 1;
  const rowRow = cos * zoomRows * flipRow;
  const rowColumn = (-cos * Math.sin(shear) - sin * Math.cos(shear)) * zoomColumns * flipColumn;
  const columnRow = sin * zoomRows * flipRow;
  const columnColumn = (-sin * Math.sin(shear) + cos * Math.cos(shear)) * zoomColumns * flipColumn;
  const centre = side / 2 - 0.5;
  const row = cos * shiftRows - sin * shiftColumns + centre - (rowRow + rowColumn) * centre;
  const column = sin * shiftRows + cos * shiftColumns + centre - (columnRow + columnColumn) * centre;
  return [columnColumn, columnRow, column, rowColumn, rowRow, row, 0, 0];
}
