import { Activation, activate } from "./activation";
import { address, whole } from "./argument";
import { startOf } from "./share";
import { fma } from "./simd";
import { pixelsAt, transformInput } from "./winograd-tiles";

/**
 * Convolution of NHWC images by 3×3 taps and stride 1, with tiles of 2×2 outputs as in winograd-tiles.ts. A block of tiles is
 * transformed; then, for eight output channels and six tiles at a time, each position's products are summed up in twelve
 * registers, and the sums of all positions become 6 · 2×2 outputs. The input's channels divide by four, the output's too.
 *
 * `filter`: transformed (winograd-filter.ts); `partBytes`: scratch for each part; `above`, `left`: zeros; `rectify`: 1 for a ReLU;
 * `slopesBelow`, `slopesAbove`: for each channel (see rows.ts), or 0.
 * @args input filter output scratch partBytes images height width channels outHeight outWidth outChannels
 *   above left rectify slopesBelow slopesAbove blockTiles
 */
export function winograd(args: usize, part: i32, parts: i32): void {
  const input = address(args, 0);
  const filter = address(args, 1);
  const output = address(args, 2);
  const scratch = address(args, 3) + <usize>part * address(args, 4);
  const images = whole(args, 5);
  const height = whole(args, 6);
  const width = whole(args, 7);
  const channels = whole(args, 8);
  const outHeight = whole(args, 9);
  const outWidth = whole(args, 10);
  const outChannels = whole(args, 11);
  const above = whole(args, 12);
  const left = whole(args, 13);
  const rectify = whole(args, 14) != 0;
  const slopesBelow = address(args, 15);
  const slopesAbove = address(args, 16);
  const blockTiles = whole(args, 17);

  const pixel = <usize>channels << 2;
  const outPixel = <usize>outChannels << 2;
  const outRow = <usize>outWidth * outPixel;
  const quads = channels >> 2;
  const across = (outWidth + 1) >> 1;
  const ofImage = across * ((outHeight + 1) >> 1);
  const tiles = images * ofImage;
  const channelTiles = (outChannels + 7) >> 3;
  const filterTileBytes = <usize>(8 + 16 * channels * 8) << 2;
  const positionOfFilter = <usize>channels << 5;
  const isLeaky = slopesBelow != 0;

  const sums = scratch;
  const patch = sums + sumsBytes;
  const transformed = patch + 16 * pixel;

  const blocks = (tiles + blockTiles - 1) / blockTiles;
  const lastBlock = startOf(part + 1, parts, blocks);
  for (let block = startOf(part, parts, blocks); block < lastBlock; block++) {
    const first = block * blockTiles;
    const count = min(blockTiles, tiles - first);
    const quad = <usize>count << 4;
    const position = <usize>quads * quad;
    for (let i = 0; i < count; i++) {
      const image = (first + i) / ofImage;
      const inImage = (first + i) % ofImage;
      const y = (inImage / across) * 2 - above;
      const x = (inImage % across) * 2 - left;
      let from = pixelsAt(input + <usize>(image * height * width) * pixel, height, width, pixel, y, x, 4, patch);
      const row = from == patch ? 4 * pixel : <usize>width * pixel;
      let to = transformed + (<usize>i << 4);
      for (const end = from + pixel; from < end; from += 16) {
        transformInput(from, row, pixel, to, position);
        to += quad;
      }
    }
    for (let channelTile = 0; channelTile < channelTiles; channelTile++) {
      const weights = filter + <usize>channelTile * filterTileBytes;
      const low = v128.load(weights);
      const high = v128.load(weights, 16);
      const isWhole = outChannels - (channelTile << 3) > 4;
      const tileBelow = slopesBelow + (<usize>channelTile << 5);
      const tileAbove = slopesAbove + (<usize>channelTile << 5);
      let done = 0;
      while (done < count) {
        const rest = count - done;
        const group = rest == 6 || rest > 8 ? 6 : rest == 8 || rest == 7 || rest == 4 ? 4 : rest == 5 || rest == 3 ? 3 : rest;
        let from = transformed + (<usize>done << 4);
        let w = weights + 32;
        for (let to = sums; to < sums + sumsBytes; to += positionOfSums) {
          if (group == 6) sum6(from, quad, w, quads, to);
          else if (group == 4) sum4(from, quad, w, quads, to);
          else if (group == 3) sum3(from, quad, w, quads, to);
          else if (group == 2) sum2(from, quad, w, quads, to);
          else sum1(from, quad, w, quads, to);
          from += position;
          w += positionOfFilter;
        }
        for (let i = 0; i < group; i++) {
          const image = (first + done + i) / ofImage;
          const inImage = (first + done + i) % ofImage;
          const y = (inImage / across) * 2;
          const x = (inImage % across) * 2;
          const to = output + <usize>((image * outHeight + y) * outWidth + x) * outPixel + (<usize>channelTile << 5);
          const isRight = x + 1 < outWidth;
          const isBelow = y + 1 < outHeight;
          const at = sums + (<usize>i << 5);
          transformSums(at, low, to, outPixel, outRow, isRight, isBelow, rectify, isLeaky, tileBelow, tileAbove);
          if (isWhole) {
            transformSums(at + 16, high, to + 16, outPixel, outRow, isRight, isBelow, rectify, isLeaky, tileBelow + 16, tileAbove + 16);
          }
        }
        done += group;
      }
    }
  }
}

/** The sums of six tiles and eight channels, [position][tile][8]. */
const positionOfSums: usize = 6 * 8 * 4;
const sumsBytes: usize = 16 * positionOfSums;

// @ts-expect-error: decorator
/** For one position: the products of `group` tiles and eight output channels, summed over `quads` · 4 input channels. `group` is a constant. */
@inline
function sum(group: i32, x: usize, quad: usize, w: usize, quads: i32, to: usize): void {
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
  const end = w + (<usize>quads << 7);
  while (w < end) {
    let p = v128.load(w);
    let q = v128.load(w, 16);
    let s = v128.load32_splat(x);
    a0 = fma(s, p, a0);
    a1 = fma(s, q, a1);
    if (group > 1) {
      s = v128.load32_splat(x, 16);
      b0 = fma(s, p, b0);
      b1 = fma(s, q, b1);
    }
    if (group > 2) {
      s = v128.load32_splat(x, 32);
      c0 = fma(s, p, c0);
      c1 = fma(s, q, c1);
    }
    if (group > 3) {
      s = v128.load32_splat(x, 48);
      d0 = fma(s, p, d0);
      d1 = fma(s, q, d1);
    }
    if (group > 4) {
      s = v128.load32_splat(x, 64);
      e0 = fma(s, p, e0);
      e1 = fma(s, q, e1);
    }
    if (group > 5) {
      s = v128.load32_splat(x, 80);
      f0 = fma(s, p, f0);
      f1 = fma(s, q, f1);
    }
    p = v128.load(w, 32);
    q = v128.load(w, 48);
    s = v128.load32_splat(x, 4);
    a0 = fma(s, p, a0);
    a1 = fma(s, q, a1);
    if (group > 1) {
      s = v128.load32_splat(x, 20);
      b0 = fma(s, p, b0);
      b1 = fma(s, q, b1);
    }
    if (group > 2) {
      s = v128.load32_splat(x, 36);
      c0 = fma(s, p, c0);
      c1 = fma(s, q, c1);
    }
    if (group > 3) {
      s = v128.load32_splat(x, 52);
      d0 = fma(s, p, d0);
      d1 = fma(s, q, d1);
    }
    if (group > 4) {
      s = v128.load32_splat(x, 68);
      e0 = fma(s, p, e0);
      e1 = fma(s, q, e1);
    }
    if (group > 5) {
      s = v128.load32_splat(x, 84);
      f0 = fma(s, p, f0);
      f1 = fma(s, q, f1);
    }
    p = v128.load(w, 64);
    q = v128.load(w, 80);
    s = v128.load32_splat(x, 8);
    a0 = fma(s, p, a0);
    a1 = fma(s, q, a1);
    if (group > 1) {
      s = v128.load32_splat(x, 24);
      b0 = fma(s, p, b0);
      b1 = fma(s, q, b1);
    }
    if (group > 2) {
      s = v128.load32_splat(x, 40);
      c0 = fma(s, p, c0);
      c1 = fma(s, q, c1);
    }
    if (group > 3) {
      s = v128.load32_splat(x, 56);
      d0 = fma(s, p, d0);
      d1 = fma(s, q, d1);
    }
    if (group > 4) {
      s = v128.load32_splat(x, 72);
      e0 = fma(s, p, e0);
      e1 = fma(s, q, e1);
    }
    if (group > 5) {
      s = v128.load32_splat(x, 88);
      f0 = fma(s, p, f0);
      f1 = fma(s, q, f1);
    }
    p = v128.load(w, 96);
    q = v128.load(w, 112);
    s = v128.load32_splat(x, 12);
    a0 = fma(s, p, a0);
    a1 = fma(s, q, a1);
    if (group > 1) {
      s = v128.load32_splat(x, 28);
      b0 = fma(s, p, b0);
      b1 = fma(s, q, b1);
    }
    if (group > 2) {
      s = v128.load32_splat(x, 44);
      c0 = fma(s, p, c0);
      c1 = fma(s, q, c1);
    }
    if (group > 3) {
      s = v128.load32_splat(x, 60);
      d0 = fma(s, p, d0);
      d1 = fma(s, q, d1);
    }
    if (group > 4) {
      s = v128.load32_splat(x, 76);
      e0 = fma(s, p, e0);
      e1 = fma(s, q, e1);
    }
    if (group > 5) {
      s = v128.load32_splat(x, 92);
      f0 = fma(s, p, f0);
      f1 = fma(s, q, f1);
    }
    w += 128;
    x += quad;
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

function sum6(x: usize, quad: usize, w: usize, quads: i32, to: usize): void {
  sum(6, x, quad, w, quads, to);
}

function sum4(x: usize, quad: usize, w: usize, quads: i32, to: usize): void {
  sum(4, x, quad, w, quads, to);
}

function sum3(x: usize, quad: usize, w: usize, quads: i32, to: usize): void {
  sum(3, x, quad, w, quads, to);
}

function sum2(x: usize, quad: usize, w: usize, quads: i32, to: usize): void {
  sum(2, x, quad, w, quads, to);
}

function sum1(x: usize, quad: usize, w: usize, quads: i32, to: usize): void {
  sum(1, x, quad, w, quads, to);
}

// @ts-expect-error: decorator
/** One tile and four channels: Aᵀ m A and the bias as 2×2 outputs, of which the last column or row may lie outside of the image. */
@inline
function transformSums(
  from: usize,
  bias: v128,
  to: usize,
  pixel: usize,
  row: usize,
  isRight: bool,
  isBelow: bool,
  rectify: bool,
  isLeaky: bool,
  slopesBelow: usize,
  slopesAbove: usize,
): void {
  // Each row of m gives two sums, which count towards the upper outputs, the lower ones or both.
  const left0 = leftSum(from);
  const right0 = rightSum(from);
  const left1 = leftSum(from + 768);
  const right1 = rightSum(from + 768);
  const left2 = leftSum(from + 1536);
  const right2 = rightSum(from + 1536);
  const left3 = leftSum(from + 2304);
  const right3 = rightSum(from + 2304);
  let upperLeft = f32x4.add(f32x4.add(f32x4.add(left0, left1), left2), bias);
  let upperRight = f32x4.add(f32x4.add(f32x4.add(right0, right1), right2), bias);
  let lowerLeft = f32x4.add(f32x4.sub(f32x4.sub(left1, left2), left3), bias);
  let lowerRight = f32x4.add(f32x4.sub(f32x4.sub(right1, right2), right3), bias);
  if (rectify) {
    const zero = f32x4.splat(0);
    upperLeft = f32x4.max(upperLeft, zero);
    upperRight = f32x4.max(upperRight, zero);
    lowerLeft = f32x4.max(lowerLeft, zero);
    lowerRight = f32x4.max(lowerRight, zero);
  } else if (isLeaky) {
    const slopeBelow = v128.load(slopesBelow);
    const slopeAbove = v128.load(slopesAbove);
    upperLeft = activate(upperLeft, Activation.prelu, slopeBelow, slopeAbove);
    upperRight = activate(upperRight, Activation.prelu, slopeBelow, slopeAbove);
    lowerLeft = activate(lowerLeft, Activation.prelu, slopeBelow, slopeAbove);
    lowerRight = activate(lowerRight, Activation.prelu, slopeBelow, slopeAbove);
  }
  v128.store(to, upperLeft);
  if (isRight) v128.store(to + pixel, upperRight);
  if (isBelow) {
    v128.store(to + row, lowerLeft);
    if (isRight) v128.store(to + row + pixel, lowerRight);
  }
}

// @ts-expect-error: decorator
/** Of a row of four positions, what counts towards outputs on the left. */
@inline
function leftSum(row: usize): v128 {
  return f32x4.add(v128.load(row), f32x4.add(v128.load(row, 192), v128.load(row, 384)));
}

// @ts-expect-error: decorator
/** Likewise towards those on the right. */
@inline
function rightSum(row: usize): v128 {
  return f32x4.sub(f32x4.sub(v128.load(row, 192), v128.load(row, 384)), v128.load(row, 576));
}
