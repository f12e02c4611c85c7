import { address, whole } from "./argument";
import { addColumnProducts } from "./products";
import { startOf } from "./share";
import { pixelsAt, transformInput } from "./winograd-tiles";

/**
 * The gradient of a filter of 3×3 taps and stride 1, [3, 3, in, out], with tiles of 2×2 outputs as in winograd-tiles.ts: a
 * block of tiles of the input and of dy is transformed, and each position's products of four input channels and eight output
 * channels are summed over the tiles; of the sums of all blocks the gradient is made. In and out divide by four.
 *
 * A part takes a share of the input channels. `sums`: place for them, [position][in][out rounded up to eights]; `partBytes`: scratch
 * for each part; `above`, `left`: zeros.
 * @args input dy gradient sums scratch partBytes images height width channels outHeight outWidth outChannels
 *   above left blockTiles
 */
export function winogradFilterGradient(args: usize, part: i32, parts: i32): void {
  const input = address(args, 0);
  const dy = address(args, 1);
  const gradient = address(args, 2);
  const sums = address(args, 3);
  const scratch = address(args, 4) + <usize>part * address(args, 5);
  const images = whole(args, 6);
  const height = whole(args, 7);
  const width = whole(args, 8);
  const channels = whole(args, 9);
  const outHeight = whole(args, 10);
  const outWidth = whole(args, 11);
  const outChannels = whole(args, 12);
  const above = whole(args, 13);
  const left = whole(args, 14);
  const blockTiles = whole(args, 15);

  const firstQuad = startOf(part, parts, channels >> 2);
  const quads = startOf(part + 1, parts, channels >> 2) - firstQuad;
  if (quads == 0) return;
  const pixel = <usize>channels << 2;
  const outPixel = <usize>outChannels << 2;
  const channelTiles = (outChannels + 7) >> 3;
  const sumRow = <usize>channelTiles << 5;
  const positionOfSums = <usize>channels * sumRow;
  const ofPart = sums + <usize>(firstQuad << 2) * sumRow;
  for (let position: usize = 0; position < 16; position++) {
    memory.fill(ofPart + position * positionOfSums, 0, <usize>(quads << 2) * sumRow);
  }

  const across = (outWidth + 1) >> 1;
  const ofImage = across * ((outHeight + 1) >> 1);
  const tiles = images * ofImage;
  const patch = scratch + 192;
  const transformed = patch + 16 * max(pixel, outPixel);
  const transformedDy = transformed + (<usize>(16 * quads * blockTiles) << 4);
  for (let first = 0; first < tiles; first += blockTiles) {
    const count = min(blockTiles, tiles - first);
    const quad = <usize>count << 4;
    const position = <usize>quads * quad;
    const dyTile = <usize>count << 5;
    const positionOfDy = <usize>channelTiles * dyTile;
    for (let i = 0; i < count; i++) {
      const image = (first + i) / ofImage;
      const inImage = (first + i) % ofImage;
      const y = (inImage / across) * 2;
      const x = (inImage % across) * 2;
      const ofInput = input + <usize>(image * height * width) * pixel;
      let from = pixelsAt(ofInput, height, width, pixel, y - above, x - left, 4, patch);
      const row = from == patch ? 4 * pixel : <usize>width * pixel;
      from += <usize>firstQuad << 4;
      let to = transformed + (<usize>i << 4);
      for (const end = from + (<usize>quads << 4); from < end; from += 16) {
        transformInput(from, row, pixel, to, position);
        to += quad;
      }
      const ofDy = dy + <usize>(image * outHeight * outWidth) * outPixel;
      from = pixelsAt(ofDy, outHeight, outWidth, outPixel, y, x, 2, patch);
      const dyRow = from == patch ? 2 * outPixel : <usize>outWidth * outPixel;
      to = transformedDy + (<usize>i << 5);
      for (let channel = 0; channel < outChannels; channel += 8) {
        transformDy(from, dyRow, outPixel, to, positionOfDy);
        if (channel + 4 < outChannels) transformDy(from + 16, dyRow, outPixel, to + 16, positionOfDy);
        else clear(to + 16, positionOfDy);
        from += 32;
        to += dyTile;
      }
    }
    for (let place: usize = 0; place < 16; place++) {
      const columns = transformed + place * position;
      const rows = transformedDy + place * positionOfDy;
      for (let i = 0; i < quads; i++) {
        const to = ofPart + place * positionOfSums + <usize>(i << 2) * sumRow;
        for (let tile: usize = 0; tile < <usize>channelTiles; tile++) {
          addColumnProducts(4, columns + <usize>i * quad, 16, rows + tile * dyTile, count, to + (tile << 5), sumRow, 8, scratch);
        }
      }
    }
  }
  for (let channel = firstQuad << 2; channel < (firstQuad + quads) << 2; channel++) {
    for (let out = 0; out < outChannels; out += 4) {
      const from = sums + <usize>channel * sumRow + (<usize>out << 2);
      transformSums(from, positionOfSums, gradient + <usize>channel * outPixel + (<usize>out << 2), <usize>channels * outPixel);
    }
  }
}

// @ts-expect-error: decorator
/** Two times two values as A dy Aᵀ, four channels at once. */
@inline
function transformDy(from: usize, row: usize, pixel: usize, to: usize, position: usize): void {
  const a = v128.load(from);
  const b = v128.load(from + pixel);
  const c = v128.load(from + row);
  const d = v128.load(from + row + pixel);
  spread(a, b, to, position);
  spread(f32x4.add(a, c), f32x4.add(b, d), to + 4 * position, position);
  spread(f32x4.sub(a, c), f32x4.sub(b, d), to + 8 * position, position);
  spread(f32x4.neg(c), f32x4.neg(d), to + 12 * position, position);
}

// @ts-expect-error: decorator
@inline
function spread(left: v128, right: v128, to: usize, position: usize): void {
  v128.store(to, left);
  v128.store(to + position, f32x4.add(left, right));
  v128.store(to + 2 * position, f32x4.sub(left, right));
  v128.store(to + 3 * position, f32x4.neg(right));
}

/** Zeros for channels that there are not. */
function clear(to: usize, position: usize): void {
  const zero = f32x4.splat(0);
  for (let i = 0; i < 16; i++) {
    v128.store(to, zero);
    to += position;
  }
}

/** Sixteen sums as Gᵀ m G, nine taps of four output channels. */
function transformSums(from: usize, position: usize, to: usize, tap: usize): void {
  const row = 4 * position;
  for (let column = 0; column < 3; column++) {
    const m0 = overColumns(from, position, column);
    const m1 = overColumns(from + row, position, column);
    const m2 = overColumns(from + 2 * row, position, column);
    const m3 = overColumns(from + 3 * row, position, column);
    const half = f32x4.splat(0.5);
    const mean = f32x4.mul(f32x4.add(m1, m2), half);
    v128.store(to, f32x4.add(m0, mean));
    v128.store(to + 3 * tap, f32x4.mul(f32x4.sub(m1, m2), half));
    v128.store(to + 6 * tap, f32x4.add(mean, m3));
    to += tap;
  }
}

/** Of four sums in a row, what counts towards a column of taps. */
function overColumns(from: usize, position: usize, column: i32): v128 {
  const half = f32x4.splat(0.5);
  const m1 = v128.load(from + position);
  const m2 = v128.load(from + 2 * position);
  if (column == 1) return f32x4.mul(f32x4.sub(m1, m2), half);
  const mean = f32x4.mul(f32x4.add(m1, m2), half);
  return column == 0 ? f32x4.add(v128.load(from), mean) : f32x4.add(mean, v128.load(from + 3 * position));
}
