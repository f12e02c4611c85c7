/**
 * The index inside [0, length) that a coordinate mirrors to: `dcba|abcd|dcba`, the edge repeated, as scipy's `reflect`
 * and as the `reflect` fill of augmentation. Any distance, any length.
 */
export function mirrorIndex(coordinate: number, length: number): number {
  const period = 2 * length;
  const inPeriod = ((coordinate % period) + period) % period;
  return inPeriod < length ? inPeriod : period - 1 - inPeriod;
}

/** The mirrored index of each of `count` coordinates from `start`. */
export function mirrorIndices(start: number, count: number, length: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => mirrorIndex(start + i, length));
}
