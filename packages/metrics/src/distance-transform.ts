/**
 * The exact Euclidean distance, in pixels, from each pixel of `from` to the nearest of `to`; both are indices into an
 * image of `width × height`, `from` in ascending order. Infinity where `to` is empty. The two passes of the distance
 * transform of Meijster, Roerdink & Hesselink (2000), linear in the size of the image, read at `from` only.
 */
export function distancesToNearest(from: Int32Array, to: Int32Array, width: number, height: number): Float64Array {
  const distances = new Float64Array(from.length);
  if (to.length === 0) return distances.fill(Number.POSITIVE_INFINITY);
  const inColumn = distancesInColumns(to, width, height);
  const squares = new Float64Array(width); // of the distances in the columns, for the row at hand
  const parabolas = new Int32Array(width); // the columns whose sites are nearest somewhere in the row …
  const starts = new Int32Array(width); // … and the column from which on each is
  for (let at = 0; at < from.length; ) {
    const row = Math.floor((from[at] as number) / width) * width;
    for (let x = 0; x < width; x++) squares[x] = (inColumn[row + x] as number) ** 2;
    let last = lowerEnvelope(squares, parabolas, starts);
    let end = at;
    while (end < from.length && (from[end] as number) < row + width) end++;
    for (let i = end - 1; i >= at; i--) {
      const x = (from[i] as number) - row;
      while ((starts[last] as number) > x) last--;
      const column = parabolas[last] as number;
      distances[i] = Math.sqrt((x - column) ** 2 + (squares[column] as number));
    }
    at = end;
  }
  return distances;
}

/** Distance to the nearest site in the same column; where there is none, more than any distance within the image. */
function distancesInColumns(sites: Int32Array, width: number, height: number): Int32Array {
  const far = width + height;
  const distances = new Int32Array(width * height).fill(far);
  for (let i = 0; i < sites.length; i++) distances[sites[i] as number] = 0;
  for (let i = width; i < distances.length; i++) {
    distances[i] = Math.min(distances[i] as number, (distances[i - width] as number) + 1, far);
  }
  for (let i = distances.length - width - 1; i >= 0; i--) {
    distances[i] = Math.min(distances[i] as number, (distances[i + width] as number) + 1);
  }
  return distances;
}

/** The lower envelope of the parabolas (x − column)² + squares[column] over a row; returns the index of its last part. */
function lowerEnvelope(squares: Float64Array, parabolas: Int32Array, starts: Int32Array): number {
  const value = (x: number, column: number) => (x - column) ** 2 + (squares[column] as number);
  let last = 0;
  parabolas[0] = 0;
  starts[0] = 0;
  for (let x = 1; x < squares.length; x++) {
    while (last >= 0 && value(starts[last] as number, parabolas[last] as number) > value(starts[last] as number, x)) {
      last--;
    }
    if (last < 0) {
      last = 0;
      parabolas[0] = x;
      continue;
    }
    const column = parabolas[last] as number;
    const difference = x * x - column * column + (squares[x] as number) - (squares[column] as number);
    const start = Math.floor(difference / (2 * (x - column))) + 1; // the first column where x is strictly nearer
    if (start < squares.length) {
      last++;
      parabolas[last] = x;
      starts[last] = start;
    }
  }
  return last;
}
