import type { LabelMap } from "./connected-components.js";

/**
 * How many pixels each region of one label map shares with each of another, without the background (label 0). Only pairs
 * that meet are listed, by the first map's region: those of region `t` stand at `starts[t]` up to `starts[t + 1]`.
 */
export interface Contingency {
  /** Pixels of each region of the first map by its label; `truthSizes[0]` are its background. */
  readonly truthSizes: Float64Array;
  /** The same for the second map. */
  readonly predictionSizes: Float64Array;
  /** By label of the first map, `truthSizes.length + 1` places; region 0 has no entries. */
  readonly starts: Int32Array;
  /** Label of the second map's region of each pair. */
  readonly labels: Int32Array;
  /** Pixels that the pair shares. */
  readonly counts: Int32Array;
}

/** Counts the shared pixels of two label maps of one size; linear in the number of pixels and regions. */
export function contingency(truth: LabelMap, prediction: LabelMap): Contingency {
  const truthSizes = new Float64Array(truth.count + 1);
  const predictionSizes = new Float64Array(prediction.count + 1);
  const places = new Int32Array(truth.count + 2); // first: shared pixels of each region, one place further on
  for (let i = 0; i < truth.labels.length; i++) {
    const [t, p] = [truth.labels[i] as number, prediction.labels[i] as number];
    truthSizes[t] = (truthSizes[t] as number) + 1;
    predictionSizes[p] = (predictionSizes[p] as number) + 1;
    if (t > 0 && p > 0) places[t + 1] = (places[t + 1] as number) + 1;
  }
  for (let t = 1; t < places.length; t++) places[t] = (places[t] as number) + (places[t - 1] as number);
  // Sorted by the truth's region, so that one row of counts is enough for all regions.
  const sorted = new Int32Array(places[truth.count + 1] as number);
  const next = places.slice();
  for (let i = 0; i < truth.labels.length; i++) {
    const [t, p] = [truth.labels[i] as number, prediction.labels[i] as number];
    if (t === 0 || p === 0) continue;
    sorted[next[t] as number] = p;
    next[t] = (next[t] as number) + 1;
  }
  const starts = new Int32Array(truth.count + 2);
  const pairOf = new Int32Array(prediction.count + 1).fill(-1); // the last pair of each predicted region
  const counts = new Int32Array(sorted.length);
  let pairs = 0;
  for (let t = 1; t <= truth.count; t++) {
    const first = pairs;
    starts[t] = first;
    for (let i = places[t] as number; i < (places[t + 1] as number); i++) {
      const p = sorted[i] as number;
      if ((pairOf[p] as number) < first) {
        sorted[pairs] = p; // the list of pairs never overtakes the list of pixels
        pairOf[p] = pairs++;
      }
      const pair = pairOf[p] as number;
      counts[pair] = (counts[pair] as number) + 1;
    }
  }
  starts[truth.count + 1] = pairs;
  return { truthSizes, predictionSizes, starts, labels: sorted.slice(0, pairs), counts: counts.slice(0, pairs) };
}
