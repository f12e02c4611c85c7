import type { Compute } from "../compute.js";
import type { Product } from "./product.js";
import { sharedBytes, type Tile, threadsOf, tiles } from "./tile.js";

type Size = Pick<Product, "m" | "n" | "k">;

/** So many threads keep a large GPU busy. */
const wantedThreads = 132 * 512;

/** The tile that should serve a product best, by what it multiplies, reads and leaves idle; where sums can be split, nothing is left idle. */
export function chooseTile(size: Size, canSplit: boolean, compute: Compute): Tile {
  return rankTiles(size, canSplit, compute)[0] as Tile;
}

/** The tiles within the limits of the device, the best first. */
export function rankTiles(size: Size, canSplit: boolean, { limits }: Compute): Tile[] {
  const { maxComputeWorkgroupStorageSize = 16384, maxComputeInvocationsPerWorkgroup = 256 } = limits;
  return tiles
    .filter(
      (tile) =>
        sharedBytes(tile) <= maxComputeWorkgroupStorageSize && threadsOf(tile) <= maxComputeInvocationsPerWorkgroup,
    )
    .map((tile) => ({ tile, cost: costOf(tile, size, canSplit) }))
    .sort((a, b) => a.cost - b.cost)
    .map(({ tile }) => tile);
}

/** Products, those of padding too, each with its share of reads from workgroup memory. */
function costOf(tile: Tile, size: Size, canSplit: boolean): number {
  const elements = groupsOf(tile, size) * tile.m * tile.n;
  const costOfEach = 1 + 4 * (1 / tile.rows + 1 / tile.columns);
  const atOnce = canSplit ? 0 : wantedThreads * tile.rows * tile.columns; // with less to make, some threads have nothing to do
  return costOfEach * (Math.max(elements, atOnce) + elements / 100);
}

/** Into how many parts to split the sums of few elements, so that there is work for a whole GPU; each has 1024 terms at least. */
export function chooseParts(size: Size, tile: Tile): number {
  const wanted = Math.ceil(wantedThreads / (groupsOf(tile, size) * threadsOf(tile)));
  return Math.max(1, Math.min(wanted, Math.floor(size.k / 1024), 65535));
}

function groupsOf(tile: Tile, { m, n }: Size): number {
  return Math.ceil(m / tile.m) * Math.ceil(n / tile.n);
}
