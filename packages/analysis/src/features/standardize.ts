/** Feature maps that vary, each with mean 0 and length 1: the product of two is their correlation. */
export interface StandardizedMaps {
  /** How many of them vary. */
  readonly varying: number;
  /** Which channels are constant, in order. */
  readonly constant: readonly number[];
}

/** A map whose values differ by less than this share of their size is constant but for rounding. */
const rounding = 1e-6;

/**
 * Writes the channels of `maps` ([positions, channels], as a device gives them) into `rows` ([…, positions]), one after
 * another from row `from` on; constant ones are left out. Returns nothing where a value is no finite number.
 */
export function standardizeInto(
  rows: Float32Array,
  from: number,
  maps: Float32Array,
  channels: number,
): StandardizedMaps | undefined {
  const positions = maps.length / channels;
  const constant: number[] = [];
  let row = from;
  for (let channel = 0; channel < channels; channel++) {
    let [sum, largest] = [0, 0];
    for (let i = channel; i < maps.length; i += channels) {
      const value = maps[i] as number;
      sum += value;
      largest = Math.max(largest, Math.abs(value));
    }
    if (!Number.isFinite(sum)) return undefined;
    const mean = sum / positions;
    let squares = 0;
    for (let i = channel; i < maps.length; i += channels) squares += ((maps[i] as number) - mean) ** 2;
    if (Math.sqrt(squares / positions) <= rounding * largest) {
      constant.push(channel);
      continue;
    }
    const scale = 1 / Math.sqrt(squares);
    const start = row * positions;
    for (let i = 0; i < positions; i++) rows[start + i] = ((maps[i * channels + channel] as number) - mean) * scale;
    row++;
  }
  return { varying: row - from, constant };
}
