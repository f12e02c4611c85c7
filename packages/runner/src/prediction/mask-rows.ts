import { binarize } from "@em-stellar/core";
import { toUint16 } from "@em-stellar/data";

/** 255 where the probability is above the threshold as it is stored in 16 bits: what a benchmark scores, and what one finds in a stored map. */
export function maskRows(probabilities: Float32Array, threshold: number): Uint8Array {
  const map = { width: probabilities.length, height: 1, data: toUint16(probabilities), maximum: 65535 };
  return binarize(map, threshold).map((object) => 255 * object);
}
