/** A column of values in up to 256 steps: what a tree compares while it grows. */
export interface Bins {
  /** The step of each value, from 0. */
  readonly codes: Uint8Array;
  /** Number of steps. */
  readonly count: number;
  /** Between steps `i` and `i + 1`: the highest value of the lower one, and the lowest of the higher one. */
  readonly edges: readonly (readonly [number, number])[];
}

/** Puts values into steps of about equal numbers; equal values share one. */
export function binned(values: Float32Array): Bins {
  const sorted = values.slice().sort();
  const lowest: number[] = [];
  const edges: [number, number][] = [];
  let start = 0;
  for (let step = 1; step < 256; step++) {
    let at = Math.max(Math.round((step * sorted.length) / 256), start + 1);
    while (at < sorted.length && sorted[at] === sorted[at - 1]) at++;
    const [before, after] = [sorted[at - 1], sorted[at]];
    if (before === undefined || after === undefined) break;
    edges.push([before, after]);
    lowest.push(after);
    start = at;
  }
  const codes = Uint8Array.from(values, (value) => {
    let [low, high] = [0, lowest.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((lowest[middle] as number) <= value) low = middle + 1;
      else high = middle;
    }
    return low;
  });
  return { codes, count: lowest.length + 1, edges };
}

/** Halfway between a step and the next: values above it are in the higher ones. */
export function thresholdOf({ edges }: Bins, step: number): number {
  const [below, above] = edges[step] as readonly [number, number];
  const middle = Math.fround(below + (above - below) / 2);
  return middle < above ? middle : below;
}
