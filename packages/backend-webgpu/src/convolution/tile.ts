/**
 * How a matrix product is shared out: a workgroup makes `m` × `n` of its elements, `k` terms of the sums at a time, and each
 * of its threads `rows` × `columns` of them in registers; each of its subgroups, where there is a `unit`.
 */
export interface Tile {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly rows: number;
  readonly columns: number;
  /** What subgroups multiply at once. Absent: threads multiply number by number. */
  readonly unit?: MatrixUnit;
}

/** What a subgroup of `lanes` threads multiplies in one instruction of tensor cores: [m, k] × [k, n], half precision into single. */
export interface MatrixUnit {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly lanes: number;
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

const tilesOfUnits: readonly Tile[] = [
  { m: 128, n: 128, k: 32, rows: 64, columns: 32 },
  { m: 128, n: 64, k: 32, rows: 32, columns: 32 },
  { m: 64, n: 64, k: 32, rows: 32, columns: 32 },
  { m: 128, n: 32, k: 32, rows: 32, columns: 32 },
  { m: 64, n: 32, k: 32, rows: 16, columns: 32 },
  { m: 64, n: 16, k: 32, rows: 16, columns: 16 },
];

/** The tiles that can be made of whole units. */
export function tilesOf(unit: MatrixUnit): Tile[] {
  return tilesOfUnits
    .filter(({ k, rows, columns }) => rows % unit.m === 0 && columns % unit.n === 0 && k % unit.k === 0)
    .map((tile) => ({ ...tile, unit }));
}

export function threadsOf({ m, n, rows, columns, unit }: Tile): number {
  return (m / rows) * (n / columns) * (unit?.lanes ?? 1);
}

/** Vectors of four that lie between the rows of a piece of a factor for tensor cores, so that rows begin in different banks of memory. */
export const gap = 2;

/** Bytes of workgroup memory: a piece of each factor, in single or half precision; for tensor cores also a unit of sums for each subgroup. */
export function sharedBytes({ m, n, k, rows, columns, unit }: Tile, half: boolean): number {
  if (!unit) return (half ? 2 : 4) * k * (m + n);
  const gaps = 4 * gap * (Math.max(m, k) + k); // the left factor's rows run along its terms or across them
  return 2 * (k * (m + n) + gaps) + 4 * unit.m * unit.n * (m / rows) * (n / columns);
}

/** Name for profiles and for what tuning remembers. */
export function tileName({ m, n, k, rows, columns, unit }: Tile): string {
  return `${m}x${n}x${k}/${rows}x${columns}${unit ? ` of ${unit.m}x${unit.n}x${unit.k}` : ""}`;
}
