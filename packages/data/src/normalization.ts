import { InputError, type Raster, type RasterData } from "@em-stellar/core";

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
  const range = createRange();
  for (const { data } of rasters) range.add(data);
  const known = range.normalization(method);
  if (known) return known;
  const spread = createSpread(range.mean());
  for (const { data } of rasters) spread.add(data);
  return spread.normalization();
}

/**
 * As {@link normalizationOf}, to the last bit, of images that do not fit into memory together: `read` gives them one after
 * the other, and is called again for the second pass that a z-score takes.
 */
export async function normalizationOfMany(
  method: NormalizationOptions["method"],
  read: () => AsyncIterable<Raster>,
): Promise<Normalization> {
  const range = createRange();
  for await (const { data } of read()) range.add(data);
  const known = range.normalization(method);
  if (known) return known;
  const spread = createSpread(range.mean());
  for await (const { data } of read()) spread.add(data);
  return spread.normalization();
}

/** Extremes and sum of values. */
function createRange() {
  let count = 0;
  let minimum = Number.POSITIVE_INFINITY;
  let maximum = Number.NEGATIVE_INFINITY;
  let sum = 0;
  return {
    add(data: RasterData) {
      count += data.length;
      let [low, high, total] = [minimum, maximum, sum]; // locals are faster than what the closure holds
      for (let i = 0; i < data.length; i++) {
        const value = data[i] as number;
        if (value < low) low = value;
        if (value > high) high = value;
        total += value;
      }
      [minimum, maximum, sum] = [low, high, total];
    },
    mean: () => sum / count,
    /** Undefined where the standard deviation must be known. */
    normalization(method: NormalizationOptions["method"]): Normalization | undefined {
      if (count === 0) throw new InputError("Normalisation needs at least one image with at least one pixel.");
      if (maximum === minimum) return { offset: minimum, scale: 1 };
      if (method === "min-max") return { offset: minimum, scale: 1 / (maximum - minimum) };
      return undefined;
    },
  };
}

/** Standard deviation about a mean. */
function createSpread(mean: number) {
  let count = 0;
  let squares = 0;
  return {
    add(data: RasterData) {
      count += data.length;
      let total = squares;
      for (let i = 0; i < data.length; i++) total += ((data[i] as number) - mean) ** 2;
      squares = total;
    },
    normalization: (): Normalization => ({ offset: mean, scale: 1 / Math.sqrt(squares / count) }),
  };
}
