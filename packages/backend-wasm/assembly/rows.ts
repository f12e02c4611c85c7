// Work per channel goes row by row. A row is the shortest run of whole pixels whose length is a multiple of 16 floats, which
// is a line of the cache: place i of any row belongs to channel i % channels, so that what belongs to channels is laid out
// once for a row and then stays in registers. The floats after the last whole row go one by one.

// @ts-expect-error: decorator
/** Floats in a row; the same stands in src/wasm/compiled/rows.ts. */
@inline
export function rowOf(channels: i32): i32 {
  const power = channels & -channels;
  return power >= 16 ? channels : channels * (16 / power);
}

// @ts-expect-error: decorator
/** Bytes of so many floats. */
@inline
export function floatBytes(count: i32): usize {
  return (<usize>count) << 2;
}

// @ts-expect-error: decorator
/** How many rows to take at a time: they fit the cache while each 16 of their floats are passed over, and sums of so many stay exact enough in single precision. */
@inline
export function rowsPerBlock(row: i32): i32 {
  return max(4, min(64, 8192 / row));
}

/** Copies one float for each channel, or the same one for all (`count` 1), along a row. */
export function layAlong(row: usize, from: usize, count: i32, channels: i32): void {
  const length = rowOf(channels);
  for (let i = 0; i < length; i++) {
    const channel = count == 1 ? 0 : i % channels;
    store<f32>(row + floatBytes(i), load<f32>(from + floatBytes(channel)));
  }
}

/** Repeats the first floats of a row, one for each channel, along it. */
export function repeatAlong(row: usize, channels: i32): void {
  const length = rowOf(channels);
  for (let i = channels; i < length; i++) {
    store<f32>(row + floatBytes(i), load<f32>(row + floatBytes(i - channels)));
  }
}

/** Adds the doubles of all parts, which lie `partBytes` apart, to those of the first. */
export function gatherParts(sums: usize, count: i32, partBytes: usize, parts: i32): void {
  const bytes = (<usize>count) << 3;
  for (let part = 1; part < parts; part++) {
    const from = sums + <usize>part * partBytes;
    for (let i: usize = 0; i < bytes; i += 8) {
      store<f64>(sums + i, load<f64>(sums + i) + load<f64>(from + i));
    }
  }
}

/** Adds the doubles of a row to those of its first pixel: one sum for each channel. */
export function foldRow(sums: usize, channels: i32): void {
  const length = rowOf(channels);
  for (let i = channels; i < length; i++) addDouble(sums, i % channels, doubleAt(sums, i));
}

// @ts-expect-error: decorator
@inline
export function doubleAt(row: usize, index: i32): f64 {
  return load<f64>(row + ((<usize>index) << 3));
}

// @ts-expect-error: decorator
@inline
export function addDouble(row: usize, index: i32, value: f64): void {
  const to = row + ((<usize>index) << 3);
  store<f64>(to, load<f64>(to) + value);
}

// @ts-expect-error: decorator
/** Adds four floats to four doubles. */
@inline
export function addFour(to: usize, values: v128): void {
  v128.store(to, f64x2.add(v128.load(to), f64x2.promote_low_f32x4(values)));
  const high = v128.shuffle<i32>(values, values, 2, 3, 2, 3);
  v128.store(to, f64x2.add(v128.load(to, 16), f64x2.promote_low_f32x4(high)), 16);
}
