/** A tensor in double precision, for references written out as plain loops. */
export interface Reference {
  readonly shape: readonly number[];
  readonly values: Float64Array;
  /** On the device; float32 if absent. */
  readonly dtype?: "int32";
}

export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1);
}

/** A reference filled element by element. */
export function fill(shape: readonly number[], value: (index: number) => number): Reference {
  return { shape, values: Float64Array.from({ length: sizeOf(shape) }, (_, i) => value(i)) };
}

/** Reproducible values in (-1, 1), moved by `shift`: odd multiples of 2^-11, so that single precision holds them exactly and none is close to a whole number. */
export function sample(seed: number, shape: readonly number[], shift = 0): Reference {
  const next = numbers(seed);
  return fill(shape, () => (2 * (next() >>> 21) + 1) / 2 ** 11 - 1 + shift);
}

/** Reproducible values in [-1, 1), moved by `shift`, of which no two are closer than 2^-11: for what depends on their order. At most 2048. */
export function apart(seed: number, shape: readonly number[], shift = 0): Reference {
  const next = numbers(seed);
  const size = sizeOf(shape);
  if (size > 2048) throw new Error(`${size} values cannot be as far apart as that.`);
  const ranks = Array.from({ length: size }, (_, i) => i);
  for (let i = size - 1; i > 0; i--) {
    const j = next() % (i + 1);
    [ranks[i], ranks[j]] = [ranks[j] as number, ranks[i] as number];
  }
  const step = 2 ** Math.ceil(-Math.log2(size));
  return fill(shape, (i) => (ranks[i] as number) * step - 1 + shift);
}

/** Reproducible whole numbers from 0 to before 2^32. */
export function numbers(seed: number): () => number {
  let state = (seed * 2654435761) >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state;
  };
}

/** Σ weights · values: makes a scalar of a tensor, so that its derivative tells all elements apart. */
export function weighted({ values }: Reference, { values: weights }: Reference): number {
  return weights.reduce((total, weight, i) => total + weight * (values[i] as number), 0);
}

/** The derivative of `f` with respect to some of the elements of `at` by central differences. `f` may change with `at` only. */
export function derivative(f: () => number, { values }: Reference, indices: readonly number[], step: number): number[] {
  return indices.map((index) => {
    const value = values[index] as number;
    values[index] = value + step;
    const above = f();
    values[index] = value - step;
    const below = f();
    values[index] = value;
    return (above - below) / (2 * step);
  });
}

/** The derivative of `f` where all elements of `at` move at once, each by its direction, by central differences. */
export function along(f: () => number, { values }: Reference, direction: readonly number[], step: number): number {
  const before = values.slice();
  const move = (size: number) => values.set(before.map((value, i) => value + size * (direction[i] as number)));
  move(step);
  const above = f();
  move(-step);
  const below = f();
  values.set(before);
  return (above - below) / (2 * step);
}

/** At most `count` different indices of a tensor, the first and the last among them, the others anywhere. */
export function pick({ values: { length } }: Reference, count: number): number[] {
  if (length <= count) return Array.from({ length }, (_, i) => i);
  const next = numbers(length);
  const picked = new Set([0, length - 1]);
  while (picked.size < count) picked.add(next() % length);
  return [...picked];
}

/** 1 or -1 for each of `count` elements. */
export function signs(seed: number, count: number): number[] {
  const next = numbers(seed);
  return Array.from({ length: count }, () => (next() >>> 31 === 0 ? 1 : -1));
}
