import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { Tile } from "./tile.js";

/**
 * How one device multiplies in half precision: factors are rounded to float16 as they are read, and their products, which are
 * exact in float32, added up in float32. What is beyond float16's range becomes infinite, and the sums that it is part of
 * infinite or NaN, which a training notices.
 */
export interface Half {
  /** Tiles for its tensor cores; none: its threads multiply. */
  readonly tilesOfUnits: readonly Tile[];
  /**
   * Two numbers for shaders, which stay as they are until the next call: a power of two that brings a gradient into the range
   * of float16, and its inverse.
   */
  scaleOf(gradient: TensorInfo): TensorInfo;
}
