/** A tensor in double precision, for references written out as plain loops. */
export interface Reference {
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

/** Reproducible values in [-1, 1), in steps of 2^-10 that single precision holds exactly. */
export function sample(seed: number, shape: readonly number[]): Reference {
  const size = shape.reduce((product, side) => product * side, 1);
  let state = (seed * 2654435761) >>> 0;
  const values = Float64Array.from({ length: size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 21) / 2 ** 10 - 1;
  });
  return { shape, values };
}

/** The derivative of `f` with respect to every element of `at` by central differences; `f` may read `at` only. */
export function derivative(f: () => number, { values }: Reference, step: number): number[] {
  return Array.from(values, (value, index) => {
    values[index] = value + step;
    const above = f();
    values[index] = value - step;
    const below = f();
    values[index] = value;
    return (above - below) / (2 * step);
  });
}

/** Σ weights · values: makes a scalar of a tensor, so that the derivative tells all its elements apart. */
export function weighted({ values }: Reference, weights: Reference): number {
  return weights.values.reduce((total, weight, i) => total + weight * (values[i] as number), 0);
}

export function flat(
  [, height, width, channels]: readonly number[],
  b: number,
  y: number,
  x: number,
  c: number,
): number {
  return ((b * (height as number) + y) * (width as number) + x) * (channels as number) + c;
}
