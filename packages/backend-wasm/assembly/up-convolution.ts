import { Activation, activate } from "./activation";
import { address, whole } from "./argument";
import { storeLanes } from "./lanes";
import { groupOf, rowProducts } from "./products";
import { startOf } from "./share";
import { fillZeros } from "./simd";
import { roundUp, strideOf } from "./stride";
import { differences } from "./up-convolution-differences";

/**
 * Nearest up-sampling by 2 and a convolution of 2×2 taps and "same" padding (zeros below and on the right) in one. In one
 * dimension
 *
 *     out[2k] = (w0 + w1) x[k],    out[2k + 1] = w0 x[k] + w1 x[k + 1] = out[2k] + w1 (x[k + 1] - x[k]),
 *
 * so that two products make two outputs. In two dimensions four make four, where the sums written out have sixteen. With
 * a = x[y][x], b its right neighbour, c the one below, d the diagonal one:
 *
 *     m0 = (w00 + w01 + w10 + w11) a    m1 = (w01 + w11) (b - a)    m2 = (w10 + w11) (c - a)    m3 = w11 (d - b - c + a)
 *     out = m0, m0 + m1; m0 + m2, m0 + m1 + m2 + m3
 *
 * `filter`: as by {@link upConvolutionFilter}; `partBytes`: scratch for each part; height and width of the input; `rectify`: 1 for a ReLU;
 * `slopesBelow`, `slopesAbove`: for each channel (see rows.ts), or 0.
 * @args input filter output scratch partBytes images height width channels outChannels rectify slopesBelow
 *   slopesAbove blockPixels
 */
export function upConvolution(args: usize, part: i32, parts: i32): void {
  const input = address(args, 0);
  const filter = address(args, 1);
  const output = address(args, 2);
  const sums = address(args, 3) + <usize>part * address(args, 4);
  const images = whole(args, 5);
  const height = whole(args, 6);
  const width = whole(args, 7);
  const channels = whole(args, 8);
  const outChannels = whole(args, 9);
  const rectify = whole(args, 10) != 0;
  const slopesBelow = address(args, 11);
  const slopesAbove = address(args, 12);
  const blockPixels = whole(args, 13);

  const pixel = <usize>channels << 2;
  const outPixel = <usize>outChannels << 2;
  const outRow = <usize>(2 * width) * outPixel;
  const tiles = (outChannels + 7) >> 3;
  const positionOfFilter = <usize>channels << 5;
  const isLeaky = slopesBelow != 0;
  const zeros = sums + 4 * positionOfSums;
  const transformed = zeros + roundUp(pixel);
  const position = strideOf(<usize>blockPixels * pixel);
  fillZeros(zeros, zeros + pixel);

  const pixels = images * height * width;
  const blocks = (pixels + blockPixels - 1) / blockPixels;
  const lastBlock = startOf(part + 1, parts, blocks);
  for (let block = startOf(part, parts, blocks); block < lastBlock; block++) {
    const first = block * blockPixels;
    const count = min(blockPixels, pixels - first);
    differences(input, height, width, pixel, first, count, 0, pixel, zeros, transformed, position);
    const firstColumn = first % width;
    const start = output + <usize>(first / width) * 2 * outRow + <usize>(2 * firstColumn) * outPixel;
    for (let tile = 0; tile < tiles; tile++) {
      const weights = filter + <usize>tile * (32 + 4 * positionOfFilter);
      const low = v128.load(weights);
      const high = v128.load(weights, 16);
      const lanes = min(8, outChannels - (tile << 3));
      const tileBelow = slopesBelow + (<usize>tile << 5);
      const tileAbove = slopesAbove + (<usize>tile << 5);
      let to = start + (<usize>tile << 5);
      let column = firstColumn;
      for (let done = 0; done < count; ) {
        const group = groupOf(count - done);
        let from = input + <usize>(first + done) * pixel;
        let w = weights + 32;
        for (let m: usize = 0; m < 4; m++) {
          rowProducts(group, from, pixel, w, pixel, sums + m * positionOfSums);
          from = transformed + m * position + <usize>done * pixel;
          w += positionOfFilter;
        }
        for (let i = 0; i < group; i++) {
          storeOutputs(sums + (<usize>i << 5), to, outPixel, outRow, low, high, lanes, rectify, isLeaky, tileBelow, tileAbove);
          to += 2 * outPixel;
          if (++column == width) {
            column = 0;
            to += outRow;
          }
        }
        done += group;
      }
    }
  }
}

/** The sums of six pixels and eight channels. */
const positionOfSums: usize = 6 * 8 * 4;

// @ts-expect-error: decorator
/** The four outputs of a pixel, for eight channels. */
@inline
function storeOutputs(
  from: usize,
  to: usize,
  pixel: usize,
  row: usize,
  low: v128,
  high: v128,
  lanes: i32,
  rectify: bool,
  isLeaky: bool,
  slopesBelow: usize,
  slopesAbove: usize,
): void {
  let a = f32x4.add(v128.load(from), low);
  let a1 = f32x4.add(v128.load(from, 16), high);
  let b = f32x4.add(a, v128.load(from, 192));
  let b1 = f32x4.add(a1, v128.load(from, 208));
  const below = v128.load(from, 384);
  const below1 = v128.load(from, 400);
  let c = f32x4.add(a, below);
  let c1 = f32x4.add(a1, below1);
  let d = f32x4.add(b, f32x4.add(below, v128.load(from, 576)));
  let d1 = f32x4.add(b1, f32x4.add(below1, v128.load(from, 592)));
  if (rectify) {
    const zero = f32x4.splat(0);
    a = f32x4.max(a, zero);
    a1 = f32x4.max(a1, zero);
    b = f32x4.max(b, zero);
    b1 = f32x4.max(b1, zero);
    c = f32x4.max(c, zero);
    c1 = f32x4.max(c1, zero);
    d = f32x4.max(d, zero);
    d1 = f32x4.max(d1, zero);
  } else if (isLeaky) {
    let slopeBelow = v128.load(slopesBelow);
    let slopeAbove = v128.load(slopesAbove);
    a = activate(a, Activation.prelu, slopeBelow, slopeAbove);
    b = activate(b, Activation.prelu, slopeBelow, slopeAbove);
    c = activate(c, Activation.prelu, slopeBelow, slopeAbove);
    d = activate(d, Activation.prelu, slopeBelow, slopeAbove);
    slopeBelow = v128.load(slopesBelow, 16);
    slopeAbove = v128.load(slopesAbove, 16);
    a1 = activate(a1, Activation.prelu, slopeBelow, slopeAbove);
    b1 = activate(b1, Activation.prelu, slopeBelow, slopeAbove);
    c1 = activate(c1, Activation.prelu, slopeBelow, slopeAbove);
    d1 = activate(d1, Activation.prelu, slopeBelow, slopeAbove);
  }
  storeLanes(to, a, a1, lanes);
  storeLanes(to + pixel, b, b1, lanes);
  storeLanes(to + row, c, c1, lanes);
  storeLanes(to + row + pixel, d, d1, lanes);
}
