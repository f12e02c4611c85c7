/**
 * How a matrix product is shared out: a workgroup makes `m` × `n` of its elements, `k` terms of the sums at a time, and each
 * of its threads `rows` × `columns` of them in registers.
 */
export interface Tile {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly rows: number;
  readonly columns: number;
}

/** From large ones, which read least, to small ones, which fill a GPU even where there is little to make. */
export const tiles: readonly Tile[] = [
  { m: 128, n: 128, k: 16, rows: 8, columns: 8 },
  { m: 128, n: 64, k: 16, rows: 8, columns: 4 },
  { m: 64, n: 64, k: 16, rows: 8, columns: 8 },
  { m: 64, n: 64, k: 16, rows: 4, columns: 4 },
  { m: 128, n: 32, k: 16, rows: 4, columns: 4 },
  { m: 32, n: 32, k: 16, rows: 4, columns: 4 },
  { m: 128, n: 16, k: 16, rows: 4, columns: 4 },
  { m: 32, n: 16, k: 16, rows: 4, columns: 4 },
  { m: 128, n: 4, k: 8, rows: 4, columns: 4 },
];

export function threadsOf({ m, n, rows, columns }: Tile): number {
  return (m / rows) * (n / columns);
}

/** Bytes of workgroup memory: a piece of each factor, in single precision. */
export function sharedBytes({ m, n, k }: Tile): number {
  return 4 * k * (m + n);
}

/** Name for profiles and for what tuning remembers. */
export function tileName({ m, n, k, rows, columns }: Tile): string {
  return `${m}x${n}x${k}/${rows}x${columns}`;
}
