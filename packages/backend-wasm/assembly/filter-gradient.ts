import { address, whole } from "./argument";
import { addColumnProducts, groupOf } from "./products";
import { startOf } from "./share";
import { fillZeros } from "./simd";

/**
 * The gradient of a convolution's filter, [height, width, in, out]: for every tap and channel (a "column", of which a row of
 * the filter has width · in, side by side in a padded row of the input) and every output channel the sum over all outputs of
 * input times dy. Up to 256 outputs at a time: their dy is laid out as [channel tile][output][8] and their columns, six by
 * six, as [output][6] where many tiles will read them. Six columns times eight channels are summed up in twelve registers.
 *
 * A part takes a share of the columns of every filter row, and lays out all of dy; or, where `sumsOfPart` is not 0, a share of the
 * blocks of rows: it leaves a gradient of its own in `gradient`, this many bytes after that of the part before it, for
 * {@link addSums}. `partBytes`: scratch for each part; `above`, `left`: zeros.
 * @args input dy gradient scratch partBytes images height width channels outHeight outWidth outChannels
 *   strideDown strideAcross above left filterHeight filterWidth sumsOfPart
 */
export function filterGradient(args: usize, part: i32, parts: i32): void {
  const input = address(args, 0);
  const dy = address(args, 1);
  const sumsOfPart = address(args, 18);
  const gradient = address(args, 2) + <usize>part * sumsOfPart;
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
  const ofRows = sumsOfPart != 0;
  const firstColumn = ofRows ? 0 : startOf(part, parts, columns);
  const lastColumn = ofRows ? columns : startOf(part + 1, parts, columns);
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
  const dyPanel = scratch + 192;
  const panelBytes = <usize>(rowsAtOnce * acrossAtOnce) << 5;
  const columnPanel = dyPanel + <usize>tiles * panelBytes;
  const paddedRows = columnPanel + <usize>(rowsAtOnce * acrossAtOnce * 6) * 4;
  const paddedRowBytes = <usize>(((acrossAtOnce - 1) * strideAcross + filterWidth) * channels) << 2;
  const pixelBytes = <usize>(strideAcross * channels) << 2;

  const blocks = (outHeight + rowsAtOnce - 1) / rowsAtOnce;
  for (let image = 0; image < images; image++) {
    const source = input + (<usize>(image * height * width * channels) << 2);
    const dySource = dy + (<usize>(image * outHeight * outWidth * outChannels) << 2);
    const lastRow = ofRows ? min(outHeight, startOf(part + 1, parts, blocks) * rowsAtOnce) : outHeight;
    for (let firstRow = ofRows ? startOf(part, parts, blocks) * rowsAtOnce : 0; firstRow < lastRow; firstRow += rowsAtOnce) {
      const rows = min(rowsAtOnce, lastRow - firstRow);
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
            const group = groupOf(lastColumn - column);
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
                const place = to + (<usize>tile << 5);
                addColumnProducts(group, columnPanel, 24, panelOfDy, outputs, place, gradientRow, lanes, scratch);
              }
            } else {
              for (let tile = 0; tile < tiles; tile++) {
                const panelOfDy = dyPanel + <usize>tile * panelBytes;
                const lanes = min(8, outChannels - (tile << 3));
                for (let row = 0; row < rows; row++) {
                  addColumnProducts(
                    group,
                    from + <usize>row * paddedRowBytes,
                    pixelBytes,
                    panelOfDy + (<usize>(row * count) << 5),
                    count,
                    to + (<usize>tile << 5),
                    gradientRow,
                    lanes,
                    scratch,
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

/**
 * Adds up the floats that parts left, `sumsOfPart` bytes apart. `makers`: how many parts.
 * @args sums sumsOfPart makers to count
 */
export function addSums(args: usize, part: i32, parts: i32): void {
  const sums = address(args, 0);
  const sumsOfPart = address(args, 1);
  const end = sums + address(args, 2) * sumsOfPart;
  const to = address(args, 3);
  const count = whole(args, 4);
  const last = startOf(part + 1, parts, count);
  for (let i = startOf(part, parts, count); i < last; i++) {
    const place = <usize>i << 2;
    let sum: f32 = 0;
    for (let from = sums; from < end; from += sumsOfPart) sum += load<f32>(from + place);
    store<f32>(to + place, sum);
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
