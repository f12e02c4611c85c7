import { fma } from "./simd";

/**
 * Matrix products whose sums stay in twelve registers: up to six rows times eight columns. Each loop takes one step of the sum
 * a turn, in a `while`, with nothing but stores behind it, which is what V8 keeps in registers: with four steps a turn, a
 * `do … while`, or an addition to memory behind the loop, it spills sums within the loop and takes up to twice as long.
 */

// @ts-expect-error: decorator
/** How many of so many rows to take next: groups of these sizes leave no single row behind where that can be avoided. */
@inline
export function groupOf(rest: i32): i32 {
  return rest == 6 || rest > 8 ? 6 : rest == 8 || rest == 7 || rest == 4 ? 4 : rest == 5 || rest == 3 ? 3 : rest;
}

/**
 * `group` rows of x, [row][channel] with `row` bytes from one to the next, times w, [channel][8], summed over the `bytes` of
 * a row that count. The sums go to `to`, [row][8].
 */
export function rowProducts(group: i32, x: usize, row: usize, w: usize, bytes: usize, to: usize): void {
  if (group == 6) rows6(x, row, w, bytes, to);
  else if (group == 4) rows4(x, row, w, bytes, to);
  else if (group == 3) rows3(x, row, w, bytes, to);
  else if (group == 2) rows2(x, row, w, bytes, to);
  else rows1(x, row, w, bytes, to);
}

// @ts-expect-error: decorator
/** `group` is a constant. */
@inline
function rows(group: i32, x: usize, row: usize, w: usize, bytes: usize, to: usize): void {
  const zero = f32x4.splat(0);
  let a0 = zero;
  let a1 = zero;
  let b0 = zero;
  let b1 = zero;
  let c0 = zero;
  let c1 = zero;
  let d0 = zero;
  let d1 = zero;
  let e0 = zero;
  let e1 = zero;
  let f0 = zero;
  let f1 = zero;
  const xb = x + row;
  const xc = xb + row;
  const xd = xc + row;
  const xe = xd + row;
  const xf = xe + row;
  let at: usize = 0;
  while (at < bytes) {
    const p = v128.load(w);
    const q = v128.load(w, 16);
    let s = v128.load32_splat(x + at);
    a0 = fma(s, p, a0);
    a1 = fma(s, q, a1);
    if (group > 1) {
      s = v128.load32_splat(xb + at);
      b0 = fma(s, p, b0);
      b1 = fma(s, q, b1);
    }
    if (group > 2) {
      s = v128.load32_splat(xc + at);
      c0 = fma(s, p, c0);
      c1 = fma(s, q, c1);
    }
    if (group > 3) {
      s = v128.load32_splat(xd + at);
      d0 = fma(s, p, d0);
      d1 = fma(s, q, d1);
    }
    if (group > 4) {
      s = v128.load32_splat(xe + at);
      e0 = fma(s, p, e0);
      e1 = fma(s, q, e1);
    }
    if (group > 5) {
      s = v128.load32_splat(xf + at);
      f0 = fma(s, p, f0);
      f1 = fma(s, q, f1);
    }
    w += 32;
    at += 4;
  }
  v128.store(to, a0);
  v128.store(to, a1, 16);
  if (group > 1) {
    v128.store(to, b0, 32);
    v128.store(to, b1, 48);
  }
  if (group > 2) {
    v128.store(to, c0, 64);
    v128.store(to, c1, 80);
  }
  if (group > 3) {
    v128.store(to, d0, 96);
    v128.store(to, d1, 112);
  }
  if (group > 4) {
    v128.store(to, e0, 128);
    v128.store(to, e1, 144);
  }
  if (group > 5) {
    v128.store(to, f0, 160);
    v128.store(to, f1, 176);
  }
}

function rows6(x: usize, row: usize, w: usize, bytes: usize, to: usize): void {
  rows(6, x, row, w, bytes, to);
}

function rows4(x: usize, row: usize, w: usize, bytes: usize, to: usize): void {
  rows(4, x, row, w, bytes, to);
}

function rows3(x: usize, row: usize, w: usize, bytes: usize, to: usize): void {
  rows(3, x, row, w, bytes, to);
}

function rows2(x: usize, row: usize, w: usize, bytes: usize, to: usize): void {
  rows(2, x, row, w, bytes, to);
}

function rows1(x: usize, row: usize, w: usize, bytes: usize, to: usize): void {
  rows(1, x, row, w, bytes, to);
}

// @ts-expect-error: decorator
/**
 * Adds to `sums`, `sumRow` bytes from a column to the next, `group` neighbouring columns of x, `row` bytes from a row to the
 * next, times the first `lanes` columns of y, [row][8], summed over `count` rows. `scratch`: 192 bytes.
 */
@inline
export function addColumnProducts(
  group: i32,
  x: usize,
  row: usize,
  y: usize,
  count: i32,
  sums: usize,
  sumRow: usize,
  lanes: i32,
  scratch: usize,
): void {
  columnProducts(group, x, row, y, count, scratch);
  addRows(scratch, sums, sumRow, group, lanes);
}

/** Likewise, to `to` as [column][8] in place of adding. */
export function columnProducts(group: i32, x: usize, row: usize, y: usize, count: i32, to: usize): void {
  if (group == 6) columns6(x, row, y, count, to);
  else if (group == 4) columns4(x, row, y, count, to);
  else if (group == 3) columns3(x, row, y, count, to);
  else if (group == 2) columns2(x, row, y, count, to);
  else columns1(x, row, y, count, to);
}

/** A function of its own: additions to memory behind the loop of a product would make V8 spill within it. */
function addRows(from: usize, to: usize, row: usize, count: i32, lanes: i32): void {
  const end = from + (<usize>count << 5);
  if (lanes == 8) {
    while (from < end) {
      v128.store(to, f32x4.add(v128.load(to), v128.load(from)));
      v128.store(to, f32x4.add(v128.load(to, 16), v128.load(from, 16)), 16);
      from += 32;
      to += row;
    }
    return;
  }
  while (from < end) {
    addFewerLanes(to, v128.load(from), v128.load(from, 16), lanes);
    from += 32;
    to += row;
  }
}

// @ts-expect-error: decorator
/** `group` is a constant. */
@inline
function columns(group: i32, x: usize, row: usize, y: usize, count: i32, to: usize): void {
  const zero = f32x4.splat(0);
  let a0 = zero;
  let a1 = zero;
  let b0 = zero;
  let b1 = zero;
  let c0 = zero;
  let c1 = zero;
  let d0 = zero;
  let d1 = zero;
  let e0 = zero;
  let e1 = zero;
  let f0 = zero;
  let f1 = zero;
  const end = y + (<usize>count << 5);
  while (y < end) {
    const p = v128.load(y);
    const q = v128.load(y, 16);
    let s = v128.load32_splat(x);
    a0 = fma(s, p, a0);
    a1 = fma(s, q, a1);
    if (group > 1) {
      s = v128.load32_splat(x, 4);
      b0 = fma(s, p, b0);
      b1 = fma(s, q, b1);
    }
    if (group > 2) {
      s = v128.load32_splat(x, 8);
      c0 = fma(s, p, c0);
      c1 = fma(s, q, c1);
    }
    if (group > 3) {
      s = v128.load32_splat(x, 12);
      d0 = fma(s, p, d0);
      d1 = fma(s, q, d1);
    }
    if (group > 4) {
      s = v128.load32_splat(x, 16);
      e0 = fma(s, p, e0);
      e1 = fma(s, q, e1);
    }
    if (group > 5) {
      s = v128.load32_splat(x, 20);
      f0 = fma(s, p, f0);
      f1 = fma(s, q, f1);
    }
    y += 32;
    x += row;
  }
  v128.store(to, a0);
  v128.store(to, a1, 16);
  if (group > 1) {
    v128.store(to, b0, 32);
    v128.store(to, b1, 48);
  }
  if (group > 2) {
    v128.store(to, c0, 64);
    v128.store(to, c1, 80);
  }
  if (group > 3) {
    v128.store(to, d0, 96);
    v128.store(to, d1, 112);
  }
  if (group > 4) {
    v128.store(to, e0, 128);
    v128.store(to, e1, 144);
  }
  if (group > 5) {
    v128.store(to, f0, 160);
    v128.store(to, f1, 176);
  }
}

function columns6(x: usize, row: usize, y: usize, count: i32, to: usize): void {
  columns(6, x, row, y, count, to);
}

function columns4(x: usize, row: usize, y: usize, count: i32, to: usize): void {
  columns(4, x, row, y, count, to);
}

function columns3(x: usize, row: usize, y: usize, count: i32, to: usize): void {
  columns(3, x, row, y, count, to);
}

function columns2(x: usize, row: usize, y: usize, count: i32, to: usize): void {
  columns(2, x, row, y, count, to);
}

function columns1(x: usize, row: usize, y: usize, count: i32, to: usize): void {
  columns(1, x, row, y, count, to);
}
/** Adds the first `lanes` (1 to 7) of eight floats to those in memory. */
function addFewerLanes(to: usize, low: v128, high: v128, lanes: i32): void {
  let rest = low;
  if (lanes >= 4) {
    v128.store(to, f32x4.add(v128.load(to), low));
    to += 16;
    lanes -= 4;
    rest = high;
  }
  if (lanes > 0) store<f32>(to, load<f32>(to) + f32x4.extract_lane(rest, 0));
  if (lanes > 1) store<f32>(to, load<f32>(to, 4) + f32x4.extract_lane(rest, 1), 4);
  if (lanes > 2) store<f32>(to, load<f32>(to, 8) + f32x4.extract_lane(rest, 2), 8);
}
