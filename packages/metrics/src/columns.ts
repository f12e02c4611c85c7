import type { Layout } from "./runs.js";

/**
 * An image stored column by column, one element after each column and a column at either side that belong to no pixel:
 * every pixel has four neighbours, and the order in which the watershed visits pixels is the order of the elements.
 */
export interface Columns extends Layout {
  /** Number of elements, borders included. */
  readonly size: number;
}

/** The layout of an image of `width` columns of `height` pixels. */
export function columnsOf(width: number, height: number): Columns {
  const stride = height + 1;
  return { lines: width, length: height, stride, origin: stride, size: (width + 2) * stride };
}

/** Copies values that are given row by row into columns; what belongs to no pixel is 0. */
export function toColumns<Values extends Uint8Array | Uint32Array>(
  { lines: width, length: height, stride, origin, size }: Columns,
  rows: Values,
): Values {
  const columns = (rows instanceof Uint8Array ? new Uint8Array(size) : new Uint32Array(size)) as Values; // of the rows' own type
  const band = 16; // rows at a time, so that what is read and written stays in the cache
  for (let top = 0; top < height; top += band) {
    const bottom = Math.min(top + band, height);
    for (let x = 0; x < width; x++) {
      const column = origin + x * stride;
      for (let y = top; y < bottom; y++) columns[column + y] = rows[y * width + x] as number;
    }
  }
  return columns;
}
