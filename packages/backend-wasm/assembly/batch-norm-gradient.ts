import { Activation, isAbove, isBelow, partAbove, partBelow } from "./activation";
import { address, whole } from "./argument";
import { laySlopes, layTables, normalizeOne, Table } from "./batch-norm";
import { addDouble, addFour, doubleAt, floatBytes, foldRow, gatherParts, repeatAlong, rowOf, rowsPerBlock } from "./rows";
import { startOf } from "./share";
import { fma } from "./simd";

// With d the deviation x - mean, v the normalized value and dy split into what reaches values above and below 0, four sums
// per channel say all: Σ above, Σ above · d, Σ below, Σ below · d. The gradients of slopes follow from v = scale · d + shift.

/**
 * The tables of the gradient, from what {@link batchNormFinish} left.
 * @args channels gamma beta mean statistics tables below belowCount above
 */
export function batchNormTables(args: usize): void {
  const channels = whole(args, 0);
  const tables = address(args, 5);
  layTables(tables, channels, address(args, 1), address(args, 2), address(args, 3), address(args, 4));
  laySlopes(tables, channels, address(args, 6), whole(args, 7), address(args, 8));
}

/**
 * Sums for the gradients. `memory`: of each part four rows of doubles, of which the activations without a slope below leave two.
 * @args x dy pixels channels tables activation memory partBytes
 */
export function batchNormGradSums(args: usize, part: i32, parts: i32): void {
  switch (whole(args, 5)) {
    case Activation.linear:
      sumRows(args, part, parts, Activation.linear);
      break;
    case Activation.relu:
      sumRows(args, part, parts, Activation.relu);
      break;
    case Activation.prelu:
      sumRows(args, part, parts, Activation.prelu);
      break;
    default:
      sumRows(args, part, parts, Activation.tlu);
      break;
  }
}

// @ts-expect-error: decorator
@inline
function sumRows(args: usize, part: i32, parts: i32, kind: Activation): void {
  const x = address(args, 0);
  const toDy = address(args, 1) - x;
  const pixels = whole(args, 2);
  const channels = whole(args, 3);
  const tables = address(args, 4);
  const sums = address(args, 6) + <usize>part * address(args, 7);
  const row = rowOf(channels);
  const rowBytes = floatBytes(row);
  const leaky = kind == Activation.prelu || kind == Activation.tlu;
  memory.fill(sums, 0, leaky ? rowBytes << 3 : rowBytes << 2);

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
      let above0 = f32x4.splat(0);
      let above1 = above0;
      let aboveDeviation0 = above0;
      let aboveDeviation1 = above0;
      let below0 = above0;
      let below1 = above0;
      let belowDeviation0 = above0;
      let belowDeviation1 = above0;
      for (let from = start + place; from < end; from += rowBytes) {
        let deviation = f32x4.sub(v128.load(from), mean0);
        let value = fma(deviation, scale0, shift0);
        let dy = v128.load(from + toDy);
        let share = partAbove(dy, value, kind);
        above0 = f32x4.add(above0, share);
        aboveDeviation0 = fma(share, deviation, aboveDeviation0);
        if (leaky) {
          share = partBelow(dy, value, kind);
          below0 = f32x4.add(below0, share);
          belowDeviation0 = fma(share, deviation, belowDeviation0);
        }
        deviation = f32x4.sub(v128.load(from, 16), mean1);
        value = fma(deviation, scale1, shift1);
        dy = v128.load(from + toDy, 16);
        share = partAbove(dy, value, kind);
        above1 = f32x4.add(above1, share);
        aboveDeviation1 = fma(share, deviation, aboveDeviation1);
        if (leaky) {
          share = partBelow(dy, value, kind);
          below1 = f32x4.add(below1, share);
          belowDeviation1 = fma(share, deviation, belowDeviation1);
        }
      }
      const to = sums + (place << 1);
      addFour(to, above0);
      addFour(to + 32, above1);
      addFour(to + (rowBytes << 1), aboveDeviation0);
      addFour(to + (rowBytes << 1) + 32, aboveDeviation1);
      if (leaky) {
        addFour(to + (rowBytes << 2), below0);
        addFour(to + (rowBytes << 2) + 32, below1);
        addFour(to + (rowBytes << 2) + (rowBytes << 1), belowDeviation0);
        addFour(to + (rowBytes << 2) + (rowBytes << 1) + 32, belowDeviation1);
      }
    }
  }
  if (part != parts - 1) return;
  const rest = x + <usize>rows * rowBytes;
  const restCount = pixels * channels - rows * row;
  for (let i = 0; i < restCount; i++) {
    const from = rest + floatBytes(i);
    const table = tables + floatBytes(i);
    const value = normalizeOne(from, table, rowBytes);
    const deviation: f64 = load<f32>(from) - load<f32>(table);
    const dy: f64 = load<f32>(from + toDy);
    if (isAbove(value, kind)) {
      addDouble(sums, i, dy);
      addDouble(sums, row + i, dy * deviation);
    } else if (isBelow(value, kind)) {
      addDouble(sums, 2 * row + i, dy);
      addDouble(sums, 3 * row + i, dy * deviation);
    }
  }
}

/**
 * The gradients of gamma, beta and the slopes, and the tables for that of x.
 *
 * `dAbove`: 0 where it is not wanted.
 * @args memory partBytes parts pixels channels statistics tables activation dGamma dBeta dBelow dBelowCount dAbove
 */
export function batchNormGradFinish(args: usize): void {
  const sums = address(args, 0);
  const pixels = whole(args, 3);
  const channels = whole(args, 4);
  const statistics = address(args, 5);
  const tables = address(args, 6);
  const kind = whole(args, 7);
  const dGamma = address(args, 8);
  const dBeta = address(args, 9);
  const dBelow = address(args, 10);
  const dBelowCount = whole(args, 11);
  const dAbove = address(args, 12);
  const leaky = kind == Activation.prelu || kind == Activation.tlu;
  const row = rowOf(channels);
  const rowBytes = floatBytes(row);
  const rowsOfSums = leaky ? 4 : 2;
  gatherParts(sums, rowsOfSums * row, address(args, 1), whole(args, 2));
  for (let i = 0; i < rowsOfSums; i++) foldRow(sums + <usize>i * (rowBytes << 1), channels);

  let belowOfAll: f64 = 0;
  for (let channel = 0; channel < channels; channel++) {
    const place = floatBytes(channel);
    const table = tables + place;
    const scale = <f64>load<f32>(table + Table.scale * rowBytes);
    const shift = <f64>load<f32>(table + Table.shift * rowBytes);
    const rest = <f64>load<f32>(statistics + place);
    const inverse = <f64>load<f32>(statistics + floatBytes(channels) + place);
    let sum = doubleAt(sums, channel);
    let sumOfDeviations = doubleAt(sums, row + channel);
    if (leaky) {
      const slopeAbove = <f64>load<f32>(table + Table.above * rowBytes);
      const slopeBelow = <f64>load<f32>(table + Table.below * rowBytes);
      const below = doubleAt(sums, 2 * row + channel);
      const belowDeviation = doubleAt(sums, 3 * row + channel);
      if (dAbove != 0) store<f32>(dAbove + place, <f32>(scale * sumOfDeviations + shift * sum));
      const gradientBelow = scale * belowDeviation + shift * below;
      belowOfAll += gradientBelow;
      if (dBelowCount != 1) store<f32>(dBelow + place, <f32>gradientBelow);
      sum = slopeAbove * sum + slopeBelow * below;
      sumOfDeviations = slopeAbove * sumOfDeviations + slopeBelow * belowDeviation;
      store<f32>(table + Table.below * rowBytes, <f32>(scale * slopeBelow));
      store<f32>(table + Table.above * rowBytes, <f32>(scale * slopeAbove));
    }
    const centred = sumOfDeviations - rest * sum;
    const fromDeviation = (-scale * inverse * inverse * centred) / pixels;
    store<f32>(table + Table.fromDeviation * rowBytes, <f32>fromDeviation);
    store<f32>(table + Table.constant * rowBytes, <f32>((-scale * sum) / pixels - fromDeviation * rest));
    store<f32>(dGamma + place, <f32>(inverse * centred));
    store<f32>(dBeta + place, <f32>sum);
  }
  if (leaky && dBelowCount == 1) store<f32>(dBelow, <f32>belowOfAll);
  repeatAlong(tables + Table.fromDeviation * rowBytes, channels);
  repeatAlong(tables + Table.constant * rowBytes, channels);
  if (leaky) {
    repeatAlong(tables + Table.below * rowBytes, channels);
    repeatAlong(tables + Table.above * rowBytes, channels);
  }
}

/**
 * The gradient of x.
 * @args x dy dx pixels channels tables activation
 */
export function batchNormGradApply(args: usize, part: i32, parts: i32): void {
  switch (whole(args, 6)) {
    case Activation.linear:
      applyRows(args, part, parts, Activation.linear);
      break;
    case Activation.relu:
      applyRows(args, part, parts, Activation.relu);
      break;
    case Activation.prelu:
      applyRows(args, part, parts, Activation.prelu);
      break;
    default:
      applyRows(args, part, parts, Activation.tlu);
      break;
  }
}

// @ts-expect-error: decorator
@inline
function applyRows(args: usize, part: i32, parts: i32, kind: Activation): void {
  const x = address(args, 0);
  const toDy = address(args, 1) - x;
  const toDx = address(args, 2) - x;
  const pixels = whole(args, 3);
  const channels = whole(args, 4);
  const tables = address(args, 5);
  const row = rowOf(channels);
  const rowBytes = floatBytes(row);
  const leaky = kind == Activation.prelu || kind == Activation.tlu;
  // Without slopes, what is above 0 is multiplied by the scale alone.
  const aboveTable = (leaky ? Table.above : Table.scale) * rowBytes;
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
      const fromDeviation0 = v128.load(table + Table.fromDeviation * rowBytes);
      const fromDeviation1 = v128.load(table + Table.fromDeviation * rowBytes, 16);
      const constant0 = v128.load(table + Table.constant * rowBytes);
      const constant1 = v128.load(table + Table.constant * rowBytes, 16);
      const above0 = v128.load(table + aboveTable);
      const above1 = v128.load(table + aboveTable, 16);
      let below0 = mean0;
      let below1 = mean0;
      if (leaky) {
        below0 = v128.load(table + Table.below * rowBytes);
        below1 = v128.load(table + Table.below * rowBytes, 16);
      }
      for (let from = start + place; from < end; from += rowBytes) {
        let deviation = f32x4.sub(v128.load(from), mean0);
        let value = fma(deviation, scale0, shift0);
        let dy = v128.load(from + toDy);
        let dx = fma(deviation, fromDeviation0, constant0);
        dx = fma(partAbove(dy, value, kind), above0, dx);
        if (leaky) dx = fma(partBelow(dy, value, kind), below0, dx);
        v128.store(from + toDx, dx);
        deviation = f32x4.sub(v128.load(from, 16), mean1);
        value = fma(deviation, scale1, shift1);
        dy = v128.load(from + toDy, 16);
        dx = fma(deviation, fromDeviation1, constant1);
        dx = fma(partAbove(dy, value, kind), above1, dx);
        if (leaky) dx = fma(partBelow(dy, value, kind), below1, dx);
        v128.store(from + toDx, dx, 16);
      }
    }
  }
  if (part != parts - 1) return;
  const end = x + floatBytes(pixels * channels);
  let table = tables;
  for (let from = x + <usize>rows * rowBytes; from < end; from += 4) {
    const value = normalizeOne(from, table, rowBytes);
    const deviation = load<f32>(from) - load<f32>(table);
    const dy = load<f32>(from + toDy);
    let dx = deviation * load<f32>(table + Table.fromDeviation * rowBytes) + load<f32>(table + Table.constant * rowBytes);
    if (isAbove(value, kind)) dx += dy * load<f32>(table + aboveTable);
    else if (isBelow(value, kind)) dx += dy * load<f32>(table + Table.below * rowBytes);
    store<f32>(from + toDx, dx);
    table += 4;
  }
}
