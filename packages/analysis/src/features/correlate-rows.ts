import { matMul, type Tensor2D, tensor2d, tidy, transpose } from "@tensorflow/tfjs-core";
import { countPair, type PairCounts } from "./pair-counts.js";

/** Rows of a matrix that belong together. */
export interface RowRange {
  /** Which block they are of. */
  readonly block: number;
  readonly start: number;
  readonly count: number;
}

export interface RowCorrelationOptions {
  /** Rows in a tile: what the device holds is two tiles, their product and a copy. */
  readonly tile: number;
  readonly threshold: number;
  /** Where pairs of two blocks are counted, the first block at most the second. */
  readonly countsOf: (first: number, second: number) => PairCounts;
  /** After each product, with the multiply-accumulates it took. */
  readonly onProduct: (macs: number) => Promise<void>;
}

/**
 * Correlates every row with every other, each pair once: `rows` [n, positions] has mean 0 and length 1 in each row, so that
 * products are correlations. Never more than one tile of them is there. Returns the largest |r| of each row in the ranges,
 * by its place in `rows`.
 */
export async function correlateRows(
  rows: Float32Array,
  positions: number,
  ranges: readonly RowRange[],
  { tile, threshold, countsOf, onProduct }: RowCorrelationOptions,
): Promise<Float32Array> {
  const largest = new Float32Array(rows.length / positions);
  const tiles = ranges.flatMap(({ block, start, count }) =>
    Array.from({ length: Math.ceil(count / tile) }, (_, i): RowRange => {
      const from = start + i * tile;
      return { block, start: from, count: Math.min(tile, start + count - from) };
    }),
  );
  const upload = ({ start, count }: RowRange) =>
    tensor2d(rows.subarray(start * positions, (start + count) * positions), [count, positions]);
  for (const [i, first] of tiles.entries()) {
    const left = upload(first);
    try {
      for (const second of tiles.slice(i)) {
        const product = await correlations(left, () => upload(second));
        const [low, high] = first.block <= second.block ? [first, second] : [second, first];
        const counts = countsOf(low.block, high.block);
        const isSame = first === second;
        for (let a = 0; a < first.count; a++) {
          let most = largest[first.start + a] as number;
          for (let b = isSame ? a + 1 : 0; b < second.count; b++) {
            const r = product[a * second.count + b] as number;
            countPair(counts, r, threshold);
            const size = Math.abs(r);
            if (size > most) most = size;
            if (size > (largest[second.start + b] as number)) largest[second.start + b] = size;
          }
          largest[first.start + a] = Math.max(most, largest[first.start + a] as number);
        }
        await onProduct(first.count * second.count * positions);
      }
    } finally {
      left.dispose();
    }
  }
  return largest;
}

async function correlations(left: Tensor2D, upload: () => Tensor2D): Promise<Float32Array> {
  // Turned around first: wasm multiplies by a matrix as it lies far faster than by one to be read across.
  const product = tidy(() => matMul(left, transpose(upload())));
  const values = (await product.data()) as Float32Array; // of float32 tensors
  product.dispose();
  return values;
}
