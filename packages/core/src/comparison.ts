import { blankIgnored } from "./ignored-pixels.js";
import { type ProbabilityMap, requireSameSize } from "./raster.js";
import { requireMap } from "./require-map.js";

/** A quantity derived from a comparison; the function itself is the key under which it is kept. */
export type Derivation<T> = (comparison: Comparison) => T;

/**
 * One image of truth beside its prediction. What several metrics need is derived once. Pixels that the truth marks as
 * `ignored` are background in both: a metric that counts background leaves them out.
 */
export interface Comparison {
  readonly truth: ProbabilityMap;
  readonly prediction: ProbabilityMap;
  /** The derivation's value, computed at the first request. Pass the same function object to share it. */
  derive<T>(derivation: Derivation<T>): T;
}

/**
 * Puts a prediction beside its truth. Throws `InputError` where their sizes differ or one is not what metrics can judge: an
 * array of another type or length, a maximum that its type cannot hold, NaN at every pixel.
 */
export function compare(truth: ProbabilityMap, prediction: ProbabilityMap): Comparison {
  requireMap("The truth", truth);
  requireMap("The prediction", prediction);
  requireSameSize("Truth and prediction", truth, prediction);
  const derived = new Map<unknown, unknown>();
  const comparison: Comparison = {
    truth: blankIgnored(truth, truth.ignored),
    prediction: blankIgnored(prediction, truth.ignored),
    derive<T>(derivation: Derivation<T>): T {
      if (!derived.has(derivation)) derived.set(derivation, derivation(comparison));
      return derived.get(derivation) as T; // the only writer of this key stored a T
    },
  };
  return comparison;
}
