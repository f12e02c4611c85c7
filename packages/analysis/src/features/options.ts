import { InputError } from "@em-stellar/core";
import type { GridSize } from "./resample.js";

/** How far a correlation has come. */
export interface FeatureProgress {
  /** The image that is looked at, counted from 0. */
  readonly image: number;
  /** Multiply-accumulates so far, of the network and of correlations, and of all that is to be done. */
  readonly done: number;
  readonly total: number;
}

export interface FeatureOptions {
  /** Feature maps are twins where their |r| is above it. */
  threshold: number;
  /** Bins of every histogram, from r = -1 to r = 1. */
  bins: number;
  /** Size that feature maps are brought to, one for each image; `null`: `commonGrid` of this model alone. */
  grids: readonly GridSize[] | null;
  /** Feature maps that are correlated with as many others at once: device memory grows with it, speed a little. */
  tile: number;
  /** Pictures on the contact sheet of a block. */
  thumbnails: number;
  /** Told after each layer and each tile; what it returns is waited for. `null`: nobody. */
  onProgress: ((progress: FeatureProgress) => void | Promise<void>) | null;
}

/** Every option of `correlateFeatures` at its default. */
export const featureDefaults: FeatureOptions = {
  threshold: 0.9,
  bins: 100,
  grids: null,
  tile: 512,
  thumbnails: 16,
  onProgress: null,
};

/** Throws `InputError` that names everything which cannot be used. */
export function requireOptions({ threshold, bins, grids, tile, thumbnails }: FeatureOptions, images: number): void {
  const problems = [
    images < 1 && "at least one image, but was given none",
    !(threshold >= 0 && threshold < 1) && `a threshold from 0 to below 1, such as 0.9, but was given ${threshold}`,
    !(Number.isInteger(bins) && bins >= 2) && `a whole number of bins, at least 2, but was given ${bins}`,
    !(Number.isInteger(tile) && tile >= 1) && `a tile of a whole number of maps, at least 1, but was given ${tile}`,
    !(Number.isInteger(thumbnails) && thumbnails >= 0) && `a whole number of thumbnails, but was given ${thumbnails}`,
    grids && grids.length !== images && `a grid for each of ${images} images, but was given ${grids.length}`,
    grids?.some(({ height, width }) => !(height * width >= 2)) && "grids of at least 2 pixels",
  ].filter((problem) => typeof problem === "string");
  if (problems.length > 0) throw new InputError(`Correlating features takes ${problems.join("; ")}.`);
}
