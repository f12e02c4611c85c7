import { Activation, activate, activateOne, isAbove, isBelow, partAbove, partBelow } from "./activation";
import { address, whole } from "./argument";
import { addDouble, addFour, doubleAt, floatBytes, foldRow, gatherParts, layAlong, rowOf, rowsPerBlock } from "./rows";
import { startOf } from "./share";
import { fma } from "./simd";

/**
 * A PReLU or a TLU on its own: two slopes per channel. `belowCount`: 1 or one for each channel; `above`: 0 where all are 1;
 * `tables`: two rows of floats, for both slopes.
 * @args channels below belowCount above tables
 */
export function leakyTables(args: usize): void {
  const channels = whole(args, 0);
  const above = address(args, 3);
  const tables = address(args, 4);
  const rowBytes = floatBytes(rowOf(channels));
  layAlong(tables, address(args, 1), whole(args, 2), channels);
  if (above != 0) layAlong(tables + rowBytes, above, channels, channels);
  else for (let i: usize = 0; i < rowBytes; i += 16) v128.store(tables + rowBytes + i, f32x4.splat(1));
}

/**
 * Such a unit.
 * @args x y pixels channels tables
 */
export function leaky(args: usize, part: i32, parts: i32): void {
  const x = address(args, 0);
  const toY = address(args, 1) - x;
  const pixels = whole(args, 2);
  const channels = whole(args, 3);
  const tables = address(args, 4);
  const row = rowOf(channels);
  const rowBytes = floatBytes(row);
  const rows = <i32>((<i64>pixels * channels) / row);
  const block = rowsPerBlock(row);
  const last = startOf(part + 1, parts, rows);
  for (let first = startOf(part, parts, rows); first < last; first += block) {
    const start = x + <usize>first * rowBytes;
    const end = start + <usize>min(block, last - first) * rowBytes;
    for (let place: usize = 0; place < rowBytes; place += 32) {
      const below0 = v128.load(tables + place);
      const below1 = v128.load(tables + place, 16);
      const above0 = v128.load(tables + place + rowBytes);
      const above1 = v128.load(tables + place + rowBytes, 16);
      for (let from = start + place; from < end; from += rowBytes) {
        v128.store(from + toY, activate(v128.load(from), Activation.prelu, below0, above0));
        v128.store(from + toY, activate(v128.load(from, 16), Activation.prelu, below1, above1), 16);
      }
    }
  }
  if (part != parts - 1) return;
  const end = x + floatBytes(pixels * channels);
  let table = tables;
  for (let from = x + <usize>rows * rowBytes; from < end; from += 4) {
    const value = activateOne(load<f32>(from), Activation.prelu, load<f32>(table), load<f32>(table + rowBytes));
    store<f32>(from + toY, value);
    table += 4;
  }
}

/**
 * Its gradient: that of x, and Σ dy · min(0, x) and Σ dy · max(0, x), in which a NaN stays one.
 * `memory`: two rows of doubles for each part.
 * @args x dy dx pixels channels tables activation memory
 */
export function leakyGrad(args: usize, part: i32, parts: i32): void {
  if (whole(args, 6) == Activation.prelu) gradientRows(args, part, parts, Activation.prelu);
  else gradientRows(args, part, parts, Activation.tlu);
}

// @ts-expect-error: decorator
@inline
function gradientRows(args: usize, part: i32, parts: i32, kind: Activation): void {
  const x = address(args, 0);
  const toDy = address(args, 1) - x;
  const toDx = address(args, 2) - x;
  const pixels = whole(args, 3);
  const channels = whole(args, 4);
  const tables = address(args, 5);
  const row = rowOf(channels);
  const rowBytes = floatBytes(row);
  const sums = address(args, 7) + <usize>part * (rowBytes << 2);
  const zero = f32x4.splat(0);
  memory.fill(sums, 0, rowBytes << 2);
  const rows = <i32>((<i64>pixels * channels) / row);
  const block = rowsPerBlock(row);
  const last = startOf(part + 1, parts, rows);
  for (let first = startOf(part, parts, rows); first < last; first += block) {
    const start = x + <usize>first * rowBytes;
    const end = start + <usize>min(block, last - first) * rowBytes;
    for (let place: usize = 0; place < rowBytes; place += 32) {
      const slopeBelow0 = v128.load(tables + place);
      const slopeBelow1 = v128.load(tables + place, 16);
      const slopeAbove0 = v128.load(tables + place + rowBytes);
      const slopeAbove1 = v128.load(tables + place + rowBytes, 16);
      let sumBelow0 = f32x4.splat(0);
      let sumBelow1 = sumBelow0;
      let sumAbove0 = sumBelow0;
      let sumAbove1 = sumBelow0;
      for (let from = start + place; from < end; from += rowBytes) {
        let value = v128.load(from);
        let dy = v128.load(from + toDy);
        let below = partBelow(dy, value, kind);
        let above = partAbove(dy, value, kind);
        sumBelow0 = fma(dy, f32x4.pmin(value, zero), sumBelow0);
        sumAbove0 = fma(dy, f32x4.pmax(value, zero), sumAbove0);
        v128.store(from + toDx, fma(below, slopeBelow0, f32x4.mul(above, slopeAbove0)));
        value = v128.load(from, 16);
        dy = v128.load(from + toDy, 16);
        below = partBelow(dy, value, kind);
        above = partAbove(dy, value, kind);
        sumBelow1 = fma(dy, f32x4.pmin(value, zero), sumBelow1);
        sumAbove1 = fma(dy, f32x4.pmax(value, zero), sumAbove1);
        v128.store(from + toDx, fma(below, slopeBelow1, f32x4.mul(above, slopeAbove1)), 16);
      }
      const to = sums + (place << 1);
      addFour(to, sumBelow0);
      addFour(to + 32, sumBelow1);
      addFour(to + (rowBytes << 1), sumAbove0);
      addFour(to + (rowBytes << 1) + 32, sumAbove1);
    }
  }
  if (part != parts - 1) return;
  const rest = x + <usize>rows * rowBytes;
  const restCount = pixels * channels - rows * row;
  for (let i = 0; i < restCount; i++) {
    const from = rest + floatBytes(i);
    const value = load<f32>(from);
    const dy = load<f32>(from + toDy);
    let slope: f32 = 0;
    if (isAbove(value, kind)) slope = load<f32>(tables + rowBytes + floatBytes(i));
    else if (isBelow(value, kind)) slope = load<f32>(tables + floatBytes(i));
    addDouble(sums, i, <f64>dy * (value > 0 ? 0 : value));
    addDouble(sums, row + i, <f64>dy * (value < 0 ? 0 : value));
    store<f32>(from + toDx, dy * slope);
  }
}

/**
 * The gradients of the slopes, from the sums of all parts. `dAbove`: 0 where it is not wanted.
 * @args memory parts channels dBelow dBelowCount dAbove
 */
export function leakyGradFinish(args: usize): void {
  const sums = address(args, 0);
  const channels = whole(args, 2);
  const dBelow = address(args, 3);
  const dAbove = address(args, 5);
  const row = rowOf(channels);
  const sumsAbove = sums + (floatBytes(row) << 1);
  gatherParts(sums, row << 1, floatBytes(row) << 2, whole(args, 1));
  foldRow(sums, channels);
  foldRow(sumsAbove, channels);
  let all: f64 = 0;
  for (let channel = 0; channel < channels; channel++) {
    const below = doubleAt(sums, channel);
    all += below;
    if (whole(args, 4) != 1) store<f32>(dBelow + floatBytes(channel), <f32>below);
    if (dAbove != 0) store<f32>(dAbove + floatBytes(channel), <f32>doubleAt(sumsAbove, channel));
  }
  if (whole(args, 4) == 1) store<f32>(dBelow, <f32>all);
}

/**
 * dx of a ReLU from its output: dy where y is above 0.
 * @args y dy dx count
 */
export function reluGrad(args: usize, part: i32, parts: i32): void {
  const count = whole(args, 3);
  const y = address(args, 0);
  const toDy = address(args, 1) - y;
  const toDx = address(args, 2) - y;
  const zero = f32x4.splat(0);
  let at = y + floatBytes(startOf(part, parts, count));
  const end = y + floatBytes(startOf(part + 1, parts, count));
  for (; at + 32 <= end; at += 32) {
    v128.store(at + toDx, v128.and(v128.load(at + toDy), f32x4.gt(v128.load(at), zero)));
    v128.store(at + toDx, v128.and(v128.load(at + toDy, 16), f32x4.gt(v128.load(at, 16), zero)), 16);
  }
  for (; at < end; at += 4) store<f32>(at + toDx, load<f32>(at) > 0 ? load<f32>(at + toDy) : 0);
}
