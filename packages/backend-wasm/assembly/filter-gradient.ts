import { address, whole } from "./argument";
import { startOf } from "./share";
import { fillZeros, fma } from "./simd";

/**
 * The gradient of a convolution's filter, [height, width, in, out]: for every tap and channel (a "column", of which a row of
 * the filter has width · in, side by side in a padded row of the input) and every output channel the sum over all outputs of
 * input times dy. Up to 256 outputs at a time: their dy is laid out as [channel tile][output][8] and their columns, six by
 * six, as [output][6] where many tiles will read them. Six columns times eight channels are summed up in twelve registers.
 *
 * A part takes a share of the columns of every filter row. `partBytes`: scratch for each part; `above`, `left`: zeros.
 * @args input dy gradient scratch partBytes images height width channels outHeight outWidth outChannels
 *   strideDown strideAcross above left filterHeight filterWidth
 */
export function filterGradient(args: usize, part: i32, parts: i32): void {
  const input = address(args, 0);
  const dy = address(args, 1);
  const gradient = address(args, 2);
  const scratch = address(args, 3) + <usize>part * address(args, 4);
  const images = whole(args, 5);
  const height = whole(args, 6);
  const width = whole(args, 7);
  const channels = whole(args, 8);
  const outHeight = whole(args, 9);
  const outWidth = whole(args, 10);
  const outChannels = whole(args, 11);
  const strideDown = whole(args, 12);
  const strideAcross = whole(args, 13);
  const above = whole(args, 14);
  const left = whole(args, 15);
  const filterHeight = whole(args, 16);
  const filterWidth = whole(args, 17);

  const columns = filterWidth * channels;
  const firstColumn = startOf(part, parts, columns);
  const lastColumn = startOf(part + 1, parts, columns);
  const gradientRow = <usize>outChannels << 2;
  for (let row = 0; row < filterHeight; row++) {
    const start = gradient + <usize>(row * columns + firstColumn) * gradientRow;
    memory.fill(start, 0, <usize>(lastColumn - firstColumn) * gradientRow);
  }
  if (firstColumn == lastColumn) return;

  const tiles = (outChannels + 7) >> 3;
  const copyColumns = tiles > 3;
  const rowsAtOnce = max(1, 256 / outWidth);
  const acrossAtOnce = min(outWidth, 256);
  const dyPanel = scratch;
  const panelBytes = <usize>(rowsAtOnce * acrossAtOnce) << 5;
  const columnPanel = dyPanel + <usize>tiles * panelBytes;
  const paddedRows = columnPanel + <usize>(rowsAtOnce * acrossAtOnce * 6) * 4;
  const paddedRowBytes = <usize>(((acrossAtOnce - 1) * strideAcross + filterWidth) * channels) << 2;
  const pixelBytes = <usize>(strideAcross * channels) << 2;

  for (let image = 0; image < images; image++) {
    const source = input + (<usize>(image * height * width * channels) << 2);
    const dySource = dy + (<usize>(image * outHeight * outWidth * outChannels) << 2);
    for (let firstRow = 0; firstRow < outHeight; firstRow += rowsAtOnce) {
      const rows = min(rowsAtOnce, outHeight - firstRow);
      for (let across = 0; across < outWidth; across += acrossAtOnce) {
        const count = min(acrossAtOnce, outWidth - across);
        const outputs = rows * count;
        for (let row = 0; row < rows; row++) {
          const from = dySource + (<usize>(((firstRow + row) * outWidth + across) * outChannels) << 2);
          layOutDy(from, count, outChannels, tiles, dyPanel + (<usize>(row * count) << 5), panelBytes);
        }
        for (let filterRow = 0; filterRow < filterHeight; filterRow++) {
          // Rows that fall outside of the image add nothing: leave them out where they are all of the block.
          let inside = 0;
          for (let row = 0; row < rows; row++) {
            const y = (firstRow + row) * strideDown - above + filterRow;
            const target = paddedRows + <usize>row * paddedRowBytes;
            if (y >= 0 && y < height) {
              inside++;
              padRow(
                source + (<usize>(y * width * channels) << 2),
                width,
                channels,
                across * strideAcross - left,
                target,
                paddedRowBytes,
              );
            } else memory.fill(target, 0, paddedRowBytes);
          }
          if (inside == 0) continue;
          let column = firstColumn;
          while (column < lastColumn) {
            const rest = lastColumn - column;
            const group = rest == 6 || rest > 8 ? 6 : rest == 8 || rest == 7 || rest == 4 ? 4 : rest == 5 || rest == 3 ? 3 : rest;
            const to = gradient + <usize>(filterRow * columns + column) * gradientRow;
            const from = paddedRows + (<usize>column << 2);
            if (copyColumns) {
              let panel = columnPanel;
              for (let row = 0; row < rows; row++) {
                panel = copyGroup(from + <usize>row * paddedRowBytes, pixelBytes, count, group, panel);
              }
              for (let tile = 0; tile < tiles; tile++) {
                const panelOfDy = dyPanel + <usize>tile * panelBytes;
                const lanes = min(8, outChannels - (tile << 3));
                multiply(group, columnPanel, 24, panelOfDy, outputs, to + (<usize>tile << 5), gradientRow, lanes);
              }
            } else {
              for (let tile = 0; tile < tiles; tile++) {
                const panelOfDy = dyPanel + <usize>tile * panelBytes;
                const lanes = min(8, outChannels - (tile << 3));
                for (let row = 0; row < rows; row++) {
                  multiply(
                    group,
                    from + <usize>row * paddedRowBytes,
                    pixelBytes,
                    panelOfDy + (<usize>(row * count) << 5),
                    count,
                    to + (<usize>tile << 5),
                    gradientRow,
                    lanes,
                  );
                }
              }
            }
            column += group;
          }
        }
      }
    }
  }
}

/** `count` pixels' gradients as panels of eight channels, zeros where there is no channel. */
function layOutDy(from: usize, count: i32, channels: i32, tiles: i32, target: usize, panelBytes: usize): void {
  const pixel = <usize>channels << 2;
  for (let tile = 0; tile < tiles; tile++) {
    const lanes = min(8, channels - (tile << 3));
    let at = from + (<usize>tile << 5);
    let to = target + <usize>tile * panelBytes;
    if (lanes == 8) {
      for (let i = 0; i < count; i++) {
        v128.store(to, v128.load(at));
        v128.store(to, v128.load(at, 16), 16);
        at += pixel;
        to += 32;
      }
    } else {
      for (let i = 0; i < count; i++) {
        for (let lane = 0; lane < 8; lane++) {
          store<f32>(to + (<usize>lane << 2), lane < lanes ? load<f32>(at + (<usize>lane << 2)) : 0);
        }
        at += pixel;
        to += 32;
      }
    }
  }
}

/** The part of an image's row that begins at pixel `start`, which may lie outside, with zeros around it. */
function padRow(from: usize, width: i32, channels: i32, start: i32, target: usize, bytes: usize): void {
  const pixel = <usize>channels << 2;
  const before = start < 0 ? min(<usize>-start * pixel, bytes) : 0;
  const first = max(0, start);
  const kept = first < width ? min(<usize>(width - first) * pixel, bytes - before) : 0;
  fillZeros(target, target + before);
  memory.copy(target + before, from + <usize>first * pixel, kept);
  fillZeros(target + before + kept, target + bytes);
}

/** Up to six neighbouring columns of `count` outputs; gives the place after them. */
function copyGroup(from: usize, pixelBytes: usize, count: i32, group: i32, to: usize): usize {
  if (group == 6) {
    for (let i = 0; i < count; i++) {
      v128.store(to, v128.load(from));
      store<u64>(to, load<u64>(from, 16), 16);
      from += pixelBytes;
      to += 24;
    }
  } else {
    for (let i = 0; i < count; i++) {
      for (let column: usize = 0; column < <usize>group << 2; column += 4) {
        store<f32>(to + column, load<f32>(from + column));
      }
      from += pixelBytes;
      to += 24;
    }
  }
  return to;
}

function multiply(
  group: i32,
  columns: usize,
  step: usize,
  dy: usize,
  count: i32,
  to: usize,
  toRow: usize,
  lanes: i32,
): void {
  if (group == 6) product6(columns, step, dy, count, to, toRow, lanes);
  else if (group == 4) product4(columns, step, dy, count, to, toRow, lanes);
  else if (group == 3) product3(columns, step, dy, count, to, toRow, lanes);
  else if (group == 2) product2(columns, step, dy, count, to, toRow, lanes);
  else product1(columns, step, dy, count, to, toRow, lanes);
}

// @ts-expect-error: decorator
/** Adds `group` columns times eight channels, summed over `count` outputs, to the gradient. `group` is a constant. */
@inline
function product(
  group: i32,
  columns: usize,
  step: usize,
  dy: usize,
  count: i32,
  to: usize,
  toRow: usize,
  lanes: i32,
): void {
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
  const end = dy + (<usize>count << 5);
  while (dy < end) {
    const w0 = v128.load(dy);
    const w1 = v128.load(dy, 16);
    let s = v128.load_splat<f32>(columns);
    a0 = fma(s, w0, a0);
    a1 = fma(s, w1, a1);
    if (group > 1) {
      s = v128.load_splat<f32>(columns, 4);
      b0 = fma(s, w0, b0);
      b1 = fma(s, w1, b1);
    }
    if (group > 2) {
      s = v128.load_splat<f32>(columns, 8);
      c0 = fma(s, w0, c0);
      c1 = fma(s, w1, c1);
    }
    if (group > 3) {
      s = v128.load_splat<f32>(columns, 12);
      d0 = fma(s, w0, d0);
      d1 = fma(s, w1, d1);
    }
    if (group > 4) {
      s = v128.load_splat<f32>(columns, 16);
      e0 = fma(s, w0, e0);
      e1 = fma(s, w1, e1);
    }
    if (group > 5) {
      s = v128.load_splat<f32>(columns, 20);
      f0 = fma(s, w0, f0);
      f1 = fma(s, w1, f1);
    }
    dy += 32;
    columns += step;
  }
  addLanes(to, a0, a1, lanes);
  if (group > 1) addLanes(to + toRow, b0, b1, lanes);
  if (group > 2) addLanes(to + 2 * toRow, c0, c1, lanes);
  if (group > 3) addLanes(to + 3 * toRow, d0, d1, lanes);
  if (group > 4) addLanes(to + 4 * toRow, e0, e1, lanes);
  if (group > 5) addLanes(to + 5 * toRow, f0, f1, lanes);
}

/** Adds the first `lanes` (1 to 8) of eight floats to those in memory. */
function addLanes(to: usize, low: v128, high: v128, lanes: i32): void {
  if (lanes == 8) {
    v128.store(to, f32x4.add(v128.load(to), low));
    v128.store(to, f32x4.add(v128.load(to, 16), high), 16);
    return;
  }
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

function product6(columns: usize, step: usize, dy: usize, count: i32, to: usize, toRow: usize, lanes: i32): void {
  product(6, columns, step, dy, count, to, toRow, lanes);
}

export function product4(columns: usize, step: usize, dy: usize, count: i32, to: usize, toRow: usize, lanes: i32): void {
  product(4, columns, step, dy, count, to, toRow, lanes);
}

function product3(columns: usize, step: usize, dy: usize, count: i32, to: usize, toRow: usize, lanes: i32): void {
  product(3, columns, step, dy, count, to, toRow, lanes);
}

function product2(columns: usize, step: usize, dy: usize, count: i32, to: usize, toRow: usize, lanes: i32): void {
  product(2, columns, step, dy, count, to, toRow, lanes);
}

function product1(columns: usize, step: usize, dy: usize, count: i32, to: usize, toRow: usize, lanes: i32): void {
  product(1, columns, step, dy, count, to, toRow, lanes);
}
