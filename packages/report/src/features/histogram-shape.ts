import type { BlockPairs } from "@em-stellar/core";

/** Where a histogram is drawn, in pixels; y grows downwards. */
interface Box {
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  /** Of the share `full`. */
  readonly top: number;
}

/** The share of pairs in each bin, with so many bins put into one. */
export function sharesOf({ histogram, pairs }: BlockPairs, together: number): number[] {
  return Array.from({ length: Math.ceil(histogram.length / together) }, (_, i) => {
    const sum = histogram.slice(i * together, (i + 1) * together).reduce((all, count) => all + count, 0);
    return pairs === 0 ? 0 : sum / pairs;
  });
}

/** The outline of a histogram as an SVG path through the middles of its bins, down to the ground at both ends. */
export function outline(shares: readonly number[], full: number, { left, right, bottom, top }: Box): string {
  const x = (place: number) => (left + ((right - left) * place) / shares.length).toFixed(1);
  const y = (share: number) => (bottom - ((bottom - top) * share) / full).toFixed(1);
  const points = shares.map((share, i) => `L${x(i + 0.5)},${y(share)}`);
  return `M${x(0)},${y(0)}${points.join("")}L${x(shares.length)},${y(0)}`;
}
