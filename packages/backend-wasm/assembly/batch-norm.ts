import { Activation, activate, activateOne } from "./activation";
import { address, real, whole } from "./argument";
import {
  addDouble,
  addFour,
  doubleAt,
  floatBytes,
  foldRow,
  gatherParts,
  layAlong,
  repeatAlong,
  rowOf,
  rowsPerBlock,
} from "./rows";
import { startOf } from "./share";
import { fma } from "./simd";

/** Rows of floats that normalization and its gradient keep, in this order. */
export const enum Table {
  /** In single precision; what that leaves is in the shift. */
  mean = 0,
  scale = 1,
  shift = 2,
  /** The slopes of the activation; in the gradient times the scale. */
  below = 3,
  above = 4,
  /** What the gradient adds for each deviation from the mean, and for each value. */
  fromDeviation = 5,
  constant = 6,
}

/** How many pixels the pivot is the mean of. */
const pivotPixels: i32 = 8;

/**
 * Per channel Σ (x - pivot) and Σ (x - pivot)². A pivot near the values keeps the digits that a large mean would take.
 *
 * In `memory` each part leaves a row of floats, the pivots, and two rows of doubles, the sums.
 * @args x pixels channels memory partBytes
 */
export function batchNormSums(args: usize, part: i32, parts: i32): void {
  const x = address(args, 0);
  const pixels = whole(args, 1);
  const channels = whole(args, 2);
  const pivots = address(args, 3) + <usize>part * address(args, 4);
  const row = rowOf(channels);
  const rowBytes = floatBytes(row);
  const sums = pivots + rowBytes;
  layPivots(x, pixels, channels, pivots);
  memory.fill(sums, 0, rowBytes << 2);

  const rows = <i32>((<i64>pixels * channels) / row);
  const block = rowsPerBlock(row);
  const last = startOf(part + 1, parts, rows);
  for (let first = startOf(part, parts, rows); first < last; first += block) {
    const start = x + <usize>first * rowBytes;
    const end = start + <usize>min(block, last - first) * rowBytes;
    for (let place: usize = 0; place < rowBytes; place += 64) {
      addDeviations(start + place, end, rowBytes, pivots + place, sums + (place << 1), rowBytes << 1);
    }
  }
  if (part != parts - 1) return;
  const rest = x + <usize>rows * rowBytes;
  const restCount = pixels * channels - rows * row;
  for (let i = 0; i < restCount; i++) {
    const deviation: f64 = load<f32>(rest + floatBytes(i)) - load<f32>(pivots + floatBytes(i));
    addDouble(sums, i, deviation);
    addDouble(sums, row + i, deviation * deviation);
  }
}

function layPivots(x: usize, pixels: i32, channels: i32, pivots: usize): void {
  const count = min(pivotPixels, pixels);
  for (let channel = 0; channel < channels; channel++) {
    let sum: f64 = 0;
    for (let i = 0; i < count; i++) {
      sum += load<f32>(x + floatBytes(startOf(i, count, pixels) * channels + channel));
    }
    store<f32>(pivots + floatBytes(channel), <f32>(sum / count));
  }
  repeatAlong(pivots, channels);
}

/** Of 16 places in each row from `from` to before `end`. */
function addDeviations(from: usize, end: usize, step: usize, pivots: usize, sums: usize, toSquares: usize): void {
  const pivot0 = v128.load(pivots);
  const pivot1 = v128.load(pivots, 16);
  const pivot2 = v128.load(pivots, 32);
  const pivot3 = v128.load(pivots, 48);
  let sum0 = f32x4.splat(0);
  let sum1 = sum0;
  let sum2 = sum0;
  let sum3 = sum0;
  let square0 = sum0;
  let square1 = sum0;
  let square2 = sum0;
  let square3 = sum0;
  for (; from < end; from += step) {
    let deviation = f32x4.sub(v128.load(from), pivot0);
    sum0 = f32x4.add(sum0, deviation);
    square0 = fma(deviation, deviation, square0);
    deviation = f32x4.sub(v128.load(from, 16), pivot1);
    sum1 = f32x4.add(sum1, deviation);
    square1 = fma(deviation, deviation, square1);
    deviation = f32x4.sub(v128.load(from, 32), pivot2);
    sum2 = f32x4.add(sum2, deviation);
    square2 = fma(deviation, deviation, square2);
    deviation = f32x4.sub(v128.load(from, 48), pivot3);
    sum3 = f32x4.add(sum3, deviation);
    square3 = fma(deviation, deviation, square3);
  }
  addFour(sums, sum0);
  addFour(sums + 32, sum1);
  addFour(sums + 64, sum2);
  addFour(sums + 96, sum3);
  sums += toSquares;
  addFour(sums, square0);
  addFour(sums + 32, square1);
  addFour(sums + 64, square2);
  addFour(sums + 96, square3);
}

/**
 * The statistics from the sums of all parts, and the tables to apply them.
 *
 * `mean` and `variance` are [channels]; `statistics` [2, channels]: what the mean in single precision leaves, and the inverse
 * deviation; `below` is 0 where there are no slopes, `above` where all are 1.
 * @args memory partBytes parts pixels channels gamma beta epsilon mean variance statistics tables below belowCount above
 */
export function batchNormFinish(args: usize): void {
  const pivots = address(args, 0);
  const partBytes = address(args, 1);
  const pixels = whole(args, 3);
  const channels = whole(args, 4);
  const epsilon = load<f64>(args + 56);
  const means = address(args, 8);
  const variances = address(args, 9);
  const statistics = address(args, 10);
  const row = rowOf(channels);
  const sums = pivots + floatBytes(row);
  gatherParts(sums, row << 1, partBytes, whole(args, 2));
  foldRow(sums, channels);
  foldRow(sums + (floatBytes(row) << 1), channels);
  for (let channel = 0; channel < channels; channel++) {
    const place = floatBytes(channel);
    const shift = doubleAt(sums, channel) / pixels;
    const squares = doubleAt(sums, row + channel) / pixels;
    // Not max(), which would take a NaN for 0.
    let variance = squares - shift * shift;
    if (variance < 0) variance = 0;
    const mean = <f64>load<f32>(pivots + place) + shift;
    store<f32>(means + place, <f32>mean);
    store<f32>(variances + place, <f32>variance);
    store<f32>(statistics + place, <f32>(mean - <f64>(<f32>mean)));
    store<f32>(statistics + floatBytes(channels) + place, <f32>(1 / Math.sqrt(variance + epsilon)));
  }
  layTables(address(args, 11), channels, address(args, 5), address(args, 6), means, statistics);
  laySlopes(address(args, 11), channels, address(args, 12), whole(args, 13), address(args, 14));
}

/** The same tables for the gradient as for the normalization, to the last bit, so that both find the same values above 0. */
export function layTables(tables: usize, channels: i32, gamma: usize, beta: usize, means: usize, statistics: usize): void {
  const rowBytes = floatBytes(rowOf(channels));
  const scales = tables + Table.scale * rowBytes;
  const shifts = tables + Table.shift * rowBytes;
  for (let channel = 0; channel < channels; channel++) {
    const place = floatBytes(channel);
    const scale = load<f32>(gamma + place) * load<f32>(statistics + floatBytes(channels) + place);
    store<f32>(scales + place, scale);
    store<f32>(shifts + place, load<f32>(beta + place) - scale * load<f32>(statistics + place));
  }
  layAlong(tables + Table.mean * rowBytes, means, channels, channels);
  repeatAlong(scales, channels);
  repeatAlong(shifts, channels);
}

export function laySlopes(tables: usize, channels: i32, below: usize, belowCount: i32, above: usize): void {
  if (below == 0) return;
  const rowBytes = floatBytes(rowOf(channels));
  layAlong(tables + Table.below * rowBytes, below, belowCount, channels);
  const slopesAbove = tables + Table.above * rowBytes;
  if (above != 0) layAlong(slopesAbove, above, channels, channels);
  else for (let i: usize = 0; i < rowBytes; i += 16) v128.store(slopesAbove + i, f32x4.splat(1));
}

/**
 * Normalizes and activates.
 * @args x y pixels channels tables activation
 */
export function batchNormApply(args: usize, part: i32, parts: i32): void {
  switch (whole(args, 5)) {
    case Activation.linear:
      applyRows(args, part, parts, Activation.linear);
      break;
    case Activation.relu:
      applyRows(args, part, parts, Activation.relu);
      break;
    default:
      applyRows(args, part, parts, Activation.prelu);
      break;
  }
}

// @ts-expect-error: decorator
@inline
function applyRows(args: usize, part: i32, parts: i32, kind: Activation): void {
  const pixels = whole(args, 2);
  const channels = whole(args, 3);
  const tables = address(args, 4);
  const row = rowOf(channels);
  const rowBytes = floatBytes(row);
  const x = address(args, 0);
  const toY = address(args, 1) - x;
  const rows = <i32>((<i64>pixels * channels) / row);
  const block = rowsPerBlock(row);
  const last = startOf(part + 1, parts, rows);
  for (let first = startOf(part, parts, rows); first < last; first += block) {
    const start = x + <usize>first * rowBytes;
    const end = start + <usize>min(block, last - first) * rowBytes;
    for (let place: usize = 0; place < rowBytes; place += 32) {
      const table = tables + place;
      const mean0 = v128.load(table);
      const mean1 = v128.load(table, 16);
      const scale0 = v128.load(table + Table.scale * rowBytes);
      const scale1 = v128.load(table + Table.scale * rowBytes, 16);
      const shift0 = v128.load(table + Table.shift * rowBytes);
      const shift1 = v128.load(table + Table.shift * rowBytes, 16);
      let below0 = mean0;
      let below1 = mean0;
      let above0 = mean0;
      let above1 = mean0;
      if (kind == Activation.prelu) {
        below0 = v128.load(table + Table.below * rowBytes);
        below1 = v128.load(table + Table.below * rowBytes, 16);
        above0 = v128.load(table + Table.above * rowBytes);
        above1 = v128.load(table + Table.above * rowBytes, 16);
      }
      for (let from = start + place; from < end; from += rowBytes) {
        const value0 = fma(f32x4.sub(v128.load(from), mean0), scale0, shift0);
        const value1 = fma(f32x4.sub(v128.load(from, 16), mean1), scale1, shift1);
        v128.store(from + toY, activate(value0, kind, below0, above0));
        v128.store(from + toY, activate(value1, kind, below1, above1), 16);
      }
    }
  }
  if (part != parts - 1) return;
  const end = x + floatBytes(pixels * channels);
  let table = tables;
  for (let from = x + <usize>rows * rowBytes; from < end; from += 4) {
    const below: f32 = kind == Activation.prelu ? load<f32>(table + Table.below * rowBytes) : 0;
    const above: f32 = kind == Activation.prelu ? load<f32>(table + Table.above * rowBytes) : 0;
    store<f32>(from + toY, activateOne(normalizeOne(from, table, rowBytes), kind, below, above));
    table += 4;
  }
}

// @ts-expect-error: decorator
@inline
export function normalizeOne(from: usize, table: usize, rowBytes: usize): f32 {
  const scale = load<f32>(table + Table.scale * rowBytes);
  return (load<f32>(from) - load<f32>(table)) * scale + load<f32>(table + Table.shift * rowBytes);
}
