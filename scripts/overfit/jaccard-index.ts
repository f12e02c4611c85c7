import { compare } from "@em-stellar/core";
import { jaccard } from "@em-stellar/metrics";

/** Of the object, at 0.5; 0 where it is undefined. */
export function jaccardIndex(truth: Float32Array, prediction: Float32Array): number {
  const size = { width: truth.length, height: 1, maximum: 1 };
  const accumulator = jaccard().accumulate();
  accumulator.add(compare({ ...size, data: truth }, { ...size, data: prediction }));
  return accumulator.result() ?? 0;
}
