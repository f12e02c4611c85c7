import { Activation, activate } from "./activation";
import { address, whole } from "./argument";
import { groupOf, rowProducts } from "./products";
import { startOf } from "./share";
import { fma } from "./simd";
import { strideOf } from "./stride";
import { pixelsAt } from "./winograd-tiles";
import { inputLine, sumLine } from "./winograd4-transforms";

/**
 * Convolution of NHWC images by 3×3 taps and stride 1, with tiles of 4×4 outputs as in winograd4-transforms.ts. A block of tiles
 * is transformed to [position][tile][channel]; then, for eight output channels and up to six tiles at a time, each position's
 * products are summed up, and the sums of all positions become 4×4 outputs each. The input's channels divide by four, the
 * output's too. A tile that comes out with NaN or an infinity is done again by plain sums, because the transforms spread
 * them to outputs that do not see them.
 *
 * A part takes a share of the blocks; or, with `byChannels`, of the output channels of all blocks: then it reads the filter that it
 * transformed itself, but transforms all of the input.
 *
 * `packed`: the filter as by convolution-filter.ts, `filter`: transformed (winograd4-filter.ts), both from the first of the output
 * channels on that are made here; `output`: likewise; `outPixel`: channels of all the output; `partBytes`: scratch for each part;
 * `above`, `left`: zeros; `rectify`: 1 for a ReLU; `slopesBelow`, `slopesAbove`: for each of these channels (see rows.ts), or 0.
 * @args input packed filter output scratch partBytes images height width channels outHeight outWidth outChannels outPixel
 *   above left rectify slopesBelow slopesAbove blockTiles byChannels
 */
export function winograd4(args: usize, part: i32, parts: i32): void {
  const input = address(args, 0);
  const packed = address(args, 1);
  const filter = address(args, 2);
  const output = address(args, 3);
  const sums = address(args, 4) + <usize>part * address(args, 5);
  const images = whole(args, 6);
  const height = whole(args, 7);
  const width = whole(args, 8);
  const channels = whole(args, 9);
  const outHeight = whole(args, 10);
  const outWidth = whole(args, 11);
  const outChannels = whole(args, 12);
  const outPixel = address(args, 13) << 2;
  const above = whole(args, 14);
  const left = whole(args, 15);
  const rectify = whole(args, 16) != 0;
  const slopesBelow = address(args, 17);
  const slopesAbove = address(args, 18);
  const blockTiles = whole(args, 19);
  const byChannels = whole(args, 20) != 0;

  const pixel = <usize>channels << 2;
  const outRow = <usize>outWidth * outPixel;
  const across = (outWidth + 3) >> 2;
  const ofImage = across * ((outHeight + 3) >> 2);
  const tiles = images * ofImage;
  const channelTiles = (outChannels + 7) >> 3;
  const positionOfFilter = strideOf(<usize>channels << 5);
  const isLeaky = slopesBelow != 0;
  const lines = sums + 36 * positionOfSums;
  const patch = lines + 36 * 16;
  const transformed = patch + 36 * pixel;
  const position = strideOf(<usize>blockTiles * pixel);

  const blocks = (tiles + blockTiles - 1) / blockTiles;
  const firstChannelTile = byChannels ? startOf(part, parts, channelTiles) : 0;
  const lastChannelTile = byChannels ? startOf(part + 1, parts, channelTiles) : channelTiles;
  const lastBlock = byChannels ? blocks : startOf(part + 1, parts, blocks);
  for (let block = byChannels ? 0 : startOf(part, parts, blocks); block < lastBlock; block++) {
    const first = block * blockTiles;
    const count = min(blockTiles, tiles - first);
    for (let i = 0; i < count; i++) {
      const image = (first + i) / ofImage;
      const inImage = (first + i) % ofImage;
      const y = (inImage / across) * 4 - above;
      const x = (inImage % across) * 4 - left;
      let from = pixelsAt(input + <usize>(image * height * width) * pixel, height, width, pixel, y, x, 6, patch);
      const row = from == patch ? 6 * pixel : <usize>width * pixel;
      let to = transformed + <usize>i * pixel;
      for (const end = from + pixel; from < end; from += 16) {
        let at = from;
        for (let line = lines; line < lines + 96; line += 16) {
          inputLine(at, row, line, 96);
          at += pixel;
        }
        let place = to;
        for (let line = lines; line < lines + 576; line += 96) {
          inputLine(line, 16, place, position);
          place += 6 * position;
        }
        to += 16;
      }
    }
    for (let channelTile = firstChannelTile; channelTile < lastChannelTile; channelTile++) {
      const weights = filter + <usize>channelTile * (32 + 36 * positionOfFilter);
      const isWhole = outChannels - (channelTile << 3) > 4;
      const tileBelow = slopesBelow + (<usize>channelTile << 5);
      const tileAbove = slopesAbove + (<usize>channelTile << 5);
      for (let done = 0; done < count; ) {
        const group = groupOf(count - done);
        let from = transformed + <usize>done * pixel;
        let w = weights + 32;
        for (let to = sums; to < lines; to += positionOfSums) {
          rowProducts(group, from, pixel, w, pixel, to);
          from += position;
          w += positionOfFilter;
        }
        for (let i = 0; i < group; i++) {
          const image = (first + done + i) / ofImage;
          const inImage = (first + done + i) % ofImage;
          const y = (inImage / across) * 4;
          const x = (inImage % across) * 4;
          const to = output + <usize>((image * outHeight + y) * outWidth + x) * outPixel + (<usize>channelTile << 5);
          const rows = min(4, outHeight - y);
          const columns = min(4, outWidth - x);
          const at = sums + (<usize>i << 5);
          let finite: bool;
          if (isLeaky) {
            finite = storeLeakyOutputs(at, lines, weights, to, outPixel, outRow, rows, columns, tileBelow, tileAbove);
            if (
              isWhole &&
              !storeLeakyOutputs(at + 16, lines, weights + 16, to + 16, outPixel, outRow, rows, columns, tileBelow + 16, tileAbove + 16)
            ) {
              finite = false;
            }
          } else {
            finite = storeOutputs(at, lines, weights, to, outPixel, outRow, rows, columns, rectify);
            if (isWhole && !storeOutputs(at + 16, lines, weights + 16, to + 16, outPixel, outRow, rows, columns, rectify)) {
              finite = false;
            }
          }
          if (!finite) {
            const ofTile = packed + <usize>channelTile * (32 + 9 * (<usize>channels << 5));
            const ofImage = input + <usize>(image * height * width) * pixel;
            const end: usize = isWhole ? 32 : 16;
            for (let half: usize = 0; half < end; half += 16) {
              for (let row = 0; row < rows; row++) {
                for (let column = 0; column < columns; column++) {
                  const place = to + half + <usize>row * outRow + <usize>column * outPixel;
                  plainSum(ofImage, height, width, channels, y + row - above, x + column - left, ofTile + half, place, rectify);
                  if (isLeaky) {
                    v128.store(place, activate(v128.load(place), Activation.prelu, v128.load(tileBelow + half), v128.load(tileAbove + half)));
                  }
                }
              }
            }
          }
        }
        done += group;
      }
    }
  }
}

/** The sums of six tiles and eight channels, [position][tile][8]. */
const positionOfSums: usize = 6 * 8 * 4;

/** One tile and four channels: Aᵀ m A and the bias as up to 4×4 outputs. Whether they are all finite. */
function storeOutputs(
  from: usize,
  lines: usize,
  biases: usize,
  to: usize,
  pixel: usize,
  row: usize,
  rows: i32,
  columns: i32,
  rectify: bool,
): bool {
  return outputs(false, from, lines, biases, to, pixel, row, rows, columns, rectify, 0, 0);
}

/** Likewise with slopes. */
function storeLeakyOutputs(
  from: usize,
  lines: usize,
  biases: usize,
  to: usize,
  pixel: usize,
  row: usize,
  rows: i32,
  columns: i32,
  slopesBelow: usize,
  slopesAbove: usize,
): bool {
  return outputs(true, from, lines, biases, to, pixel, row, rows, columns, false, slopesBelow, slopesAbove);
}

// @ts-expect-error: decorator
/** `isLeaky` is a constant: as a variable it would cost the loops without slopes some percent. */
@inline
function outputs(
  isLeaky: bool,
  from: usize,
  lines: usize,
  biases: usize,
  to: usize,
  pixel: usize,
  row: usize,
  rows: i32,
  columns: i32,
  rectify: bool,
  slopesBelow: usize,
  slopesAbove: usize,
): bool {
  for (let line = lines; line < lines + 96; line += 16) {
    sumLine(from, 6 * positionOfSums, line, 96);
    from += positionOfSums;
  }
  const bias = v128.load(biases);
  const zero = f32x4.splat(0);
  const slopeBelow = isLeaky ? v128.load(slopesBelow) : zero;
  const slopeAbove = isLeaky ? v128.load(slopesAbove) : zero;
  let none = zero;
  for (let i = 0; i < rows; i++) {
    const line = lines + <usize>i * 96;
    sumLine(line, 16, line, 16);
    let place = to;
    for (let j = 0; j < columns; j++) {
      let y = f32x4.add(v128.load(line + (<usize>j << 4)), bias);
      none = fma(y, zero, none); // NaN from an infinity or NaN on
      if (rectify) y = f32x4.max(y, zero);
      else if (isLeaky) y = activate(y, Activation.prelu, slopeBelow, slopeAbove);
      v128.store(place, y);
      place += pixel;
    }
    to += row;
  }
  return !v128.any_true(f32x4.ne(none, none));
}

/** One output of four channels, tap by tap. */
function plainSum(
  image: usize,
  height: i32,
  width: i32,
  channels: i32,
  y: i32,
  x: i32,
  packed: usize,
  to: usize,
  rectify: bool,
): void {
  let sum = v128.load(packed);
  for (let row = 0; row < 3; row++) {
    for (let column = 0; column < 3; column++) {
      if (y + row < 0 || y + row >= height || x + column < 0 || x + column >= width) continue;
      let from = image + (<usize>(((y + row) * width + x + column) * channels) << 2);
      let w = packed + 32 + (<usize>(row * channels * 3 + column) << 5);
      for (let channel = 0; channel < channels; channel++) {
        sum = fma(v128.load32_splat(from), v128.load(w), sum);
        from += 4;
        w += 96;
      }
    }
  }
  if (rectify) sum = f32x4.max(sum, f32x4.splat(0));
  v128.store(to, sum);
}
