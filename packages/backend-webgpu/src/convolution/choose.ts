import type { Compute } from "../compute.js";
import type { Half } from "./half.js";
import type { Product } from "./product.js";
import { sharedBytes, type Tile, threadsOf, tiles } from "./tile.js";

type Size = Pick<Product, "m" | "n" | "k">;

/** So many threads keep a large GPU busy. */
const wantedThreads = 132 * 512;

/** What is to be shared out. */
export interface Work {
  readonly size: Size;
  /** Whether its sums can be split into parts, so that nothing is left idle. */
  readonly canSplit: boolean;
  /** Absent: in single precision. */
  readonly half: Half | undefined;
}

/** The tiles within the limits of the device, the best first by what they multiply, read and leave idle. */
export function rankTiles({ size, canSplit, half }: Work, compute: Compute): Tile[] {
  return [...(half?.tilesOfUnits ?? []), ...tiles]
    .filter((tile) => fits(tile, half !== undefined, compute))
    .map((tile) => ({ tile, cost: costOf(tile, size, canSplit) }))
    .sort((a, b) => a.cost - b.cost)
    .map(({ tile }) => tile);
}

/** Whether a tile is within the limits of the device. */
export function fits(tile: Tile, half: boolean, { limits }: Compute): boolean {
  const { maxComputeWorkgroupStorageSize = 16384, maxComputeInvocationsPerWorkgroup = 256 } = limits;
  return (
    sharedBytes(tile, half) <= maxComputeWorkgroupStorageSize && threadsOf(tile) <= maxComputeInvocationsPerWorkgroup
  );
}

/** Those to try out: so many of the best, and where they all multiply in one way the best that does it in the other, if any. */
export function mostPromising(ranked: readonly Tile[], count: number): Tile[] {
  const best = ranked.slice(0, count);
  const other = ranked
    .slice(count)
    .find(({ unit }) => best.every((tile) => (tile.unit === undefined) !== (unit === undefined)));
  return other ? [...best, other] : best;
}

/** Products, those of padding too, each with its share of reads from workgroup memory. */
function costOf(tile: Tile, size: Size, canSplit: boolean): number {
  const elements = groupsOf(tile, size) * tile.m * tile.n;
  const perThread = (tile.rows * tile.columns) / (tile.unit?.lanes ?? 1);
  const atOnce = canSplit ? 0 : wantedThreads * perThread; // with less to make, some threads have nothing to do
  return costOfEach(tile, size) * (Math.max(elements, atOnce) + elements / 100);
}

function costOfEach({ k, rows, columns, unit }: Tile, size: Size): number {
  if (!unit) return 1 + 4 * (1 / rows + 1 / columns);
  const padding = (Math.ceil(size.k / k) * k) / size.k;
  return (padding * (1 + unit.m / rows + unit.n / columns)) / 8; // tensor cores multiply some eight times as fast
}

/** Into how many parts to split the sums of few elements, so that there is work for a whole GPU; each has 1024 terms at least. */
export function chooseParts(size: Size, tile: Tile): number {
  const wanted = Math.ceil(wantedThreads / (groupsOf(tile, size) * threadsOf(tile)));
  return Math.max(1, Math.min(wanted, Math.floor(size.k / 1024), 65535));
}

function groupsOf(tile: Tile, { m, n }: Size): number {
  return Math.ceil(m / tile.m) * Math.ceil(n / tile.n);
}
