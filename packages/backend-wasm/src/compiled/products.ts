/** Bytes of the six rows of eight sums that a product in assembly/products.ts makes. */
export const productBytes = 4 * 6 * 8;

/** Bytes from one transformed position of a block to the next: an odd number of cache lines, as `strideOf` in assembly/. */
export function strideOf(bytes: number): number {
  return wholeLines(bytes) + (wholeLines(bytes) % 128 === 0 ? 64 : 0);
}

/** Whole cache lines. */
export function wholeLines(bytes: number): number {
  return 64 * Math.ceil(bytes / 64);
}
