import { InputError, type Raster } from "@em-stellar/core";

/** How pixel values are brought to a common range before a network sees them. */
export interface NormalizationOptions {
  /** `min-max`: darkest 0, brightest 1. `z-score`: mean 0, standard deviation 1. */
  readonly method: "min-max" | "z-score";
  /** `image`: from each image itself. `training-set`: once from all training images; kept with the model. */
  readonly scope: "image" | "training-set";
}

/** Normalised value = (value − offset) × scale. */
export interface Normalization {
  readonly offset: number;
  readonly scale: number;
}

/**
 * The normalisation of one image, or of a whole training set, over all pixels and channels. The standard deviation divides
 * by n. Images of a single value have nothing to scale: they become 0.
 */
export function normalizationOf(method: NormalizationOptions["method"], rasters: readonly Raster[]): Normalization {
  const count = rasters.reduce((sum, { data }) => sum + data.length, 0);
  if (count === 0) throw new InputError("Normalisation needs at least one image with at least one pixel.");
  let minimum = Number.POSITIVE_INFINITY;
  let maximum = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (const { data } of rasters) {
    for (let i = 0; i < data.length; i++) {
      const value = data[i] as number;
      if (value < minimum) minimum = value;
      if (value > maximum) maximum = value;
      sum += value;
    }
  }
  if (maximum === minimum) return { offset: minimum, scale: 1 };
  if (method === "min-max") return { offset: minimum, scale: 1 / (maximum - minimum) };
  const mean = sum / count;
  let squares = 0;
  for (const { data } of rasters) {
    for (let i = 0; i < data.length; i++) squares += ((data[i] as number) - mean) ** 2;
  }
  return { offset: mean, scale: 1 / Math.sqrt(squares / count) };
}
