/** A value that occurs `weight` times. */
export interface Weighted {
  readonly value: number;
  readonly weight: number;
}

/**
 * The quantile of values in ascending order, each repeated as often as its weight says, interpolated linearly between
 * neighbours (type 7 of Hyndman & Fan 1996). `share` lies in [0, 1], weights are whole, and there is at least one value.
 */
export function weightedQuantile(sorted: readonly Weighted[], share: number): number {
  const total = sorted.reduce((sum, { weight }) => sum + weight, 0);
  const place = (total - 1) * share;
  const at = Math.floor(place);
  const [below, above] = [valueAt(sorted, at), valueAt(sorted, Math.min(at + 1, total - 1))];
  return below + (above - below) * (place - at);
}

/** The value at a place, counted from 0, among the repeated values. */
function valueAt(sorted: readonly Weighted[], place: number): number {
  let passed = 0;
  for (const { value, weight } of sorted) {
    passed += weight;
    if (passed > place) return value;
  }
  return (sorted.at(-1) as Weighted).value; // only rounding of huge weights leads here
}
