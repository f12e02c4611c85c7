import { address, whole } from "./argument";
import { addColumnProducts, groupOf } from "./products";
import { startOf } from "./share";
import { fillZeros } from "./simd";
import { roundUp, strideOf } from "./stride";
import { differences } from "./up-convolution-differences";

/**
 * The gradient of the filter of {@link upConvolution}, [2, 2, in, out]: of each of the four products the gradient with respect to
 * its weights, summed over the pixels of a block and then over blocks, of which the gradients of the taps are made.
 *
 * A part takes a share of the input channels, and lays out all of dy; or, where `sumsOfPart` is not 0, a share of the blocks: it
 * leaves sums of its own, this many bytes after those of the part before it, of which {@link upConvolutionTaps} makes the
 * gradient. `sums`: place for them, [position][in][out rounded up to eights]; `partBytes`: scratch for each part; height and
 * width of the input.
 * @args input dy gradient sums scratch partBytes images height width channels outChannels blockPixels sumsOfPart
 */
export function upConvolutionFilterGradient(args: usize, part: i32, parts: i32): void {
  const input = address(args, 0);
  const dy = address(args, 1);
  const gradient = address(args, 2);
  const sumsOfPart = address(args, 12);
  const sums = address(args, 3) + <usize>part * sumsOfPart;
  const scratch = address(args, 4) + <usize>part * address(args, 5);
  const images = whole(args, 6);
  const height = whole(args, 7);
  const width = whole(args, 8);
  const channels = whole(args, 9);
  const outChannels = whole(args, 10);
  const blockPixels = whole(args, 11);

  // Whole vectors of channels, but for the last ones.
  const quads = (channels + 3) >> 2;
  const ofBlocks = sumsOfPart != 0;
  const firstChannel = ofBlocks ? 0 : startOf(part, parts, quads) << 2;
  const lastChannel = ofBlocks ? channels : min(channels, startOf(part + 1, parts, quads) << 2);
  const share = lastChannel - firstChannel;
  if (share <= 0) return;
  const pixel = <usize>channels << 2;
  const skip = <usize>firstChannel << 2;
  const bytes = <usize>share << 2;
  const outTiles = (outChannels + 7) >> 3;
  const sumRow = <usize>outTiles << 5;
  const tap = <usize>channels * sumRow;
  const ofPart = sums + <usize>firstChannel * sumRow;
  for (let m: usize = 0; m < 4; m++) memory.fill(ofPart + m * tap, 0, <usize>share * sumRow);

  const zeros = scratch + 192;
  const transformed = zeros + roundUp(bytes);
  const position = strideOf(<usize>blockPixels * bytes);
  const transformedDy = transformed + 3 * position;
  const dyTile = <usize>blockPixels << 5;
  const dyPosition = strideOf(<usize>outTiles * dyTile);
  fillZeros(zeros, zeros + bytes);

  const pixels = images * height * width;
  const blocks = (pixels + blockPixels - 1) / blockPixels;
  const lastPixel = ofBlocks ? min(pixels, startOf(part + 1, parts, blocks) * blockPixels) : pixels;
  for (let first = ofBlocks ? startOf(part, parts, blocks) * blockPixels : 0; first < lastPixel; first += blockPixels) {
    const count = min(blockPixels, lastPixel - first);
    differences(input, height, width, pixel, first, count, skip, bytes, zeros, transformed, position);
    spreadDy(dy, width, outChannels, first, count, transformedDy, dyTile, dyPosition);
    let from = input + <usize>first * pixel + skip;
    let row = pixel;
    for (let m: usize = 0; m < 4; m++) {
      for (let channel = 0; channel < share; ) {
        const group = groupOf(share - channel);
        const to = ofPart + m * tap + <usize>channel * sumRow;
        for (let tile: usize = 0; tile < <usize>outTiles; tile++) {
          const y = transformedDy + m * dyPosition + tile * dyTile;
          addColumnProducts(group, from, row, y, count, to + (tile << 5), sumRow, 8, scratch);
        }
        from += <usize>group << 2;
        channel += group;
      }
      from = transformed + m * position;
      row = bytes;
    }
  }
  if (!ofBlocks) makeTaps(sums, gradient, channels, outChannels, firstChannel, lastChannel);
}

/**
 * The gradient from sums that the parts of {@link upConvolutionFilterGradient} made of blocks of their own. `makers`: how many
 * parts made sums.
 * @args sums gradient channels outChannels sumsOfPart makers
 */
export function upConvolutionTaps(args: usize, part: i32, parts: i32): void {
  const sums = address(args, 0);
  const channels = whole(args, 2);
  const outChannels = whole(args, 3);
  const sumsOfPart = address(args, 4);
  const makers = address(args, 5);
  const sumRow = <usize>((outChannels + 7) >> 3) << 5;
  const first = startOf(part, parts, channels);
  const last = startOf(part + 1, parts, channels);
  for (let m = 0; m < 4; m++) {
    let to = sums + <usize>(m * channels + first) * sumRow;
    for (const end = to + <usize>(last - first) * sumRow; to < end; to += 16) {
      let sum = v128.load(to);
      for (let maker: usize = 1; maker < makers; maker++) sum = f32x4.add(sum, v128.load(to + maker * sumsOfPart));
      v128.store(to, sum);
    }
  }
  makeTaps(sums, address(args, 1), channels, outChannels, first, last);
}

/** Of some input channels the gradients of the taps. */
function makeTaps(
  sums: usize,
  gradient: usize,
  channels: i32,
  outChannels: i32,
  firstChannel: i32,
  lastChannel: i32,
): void {
  const sumRow = <usize>((outChannels + 7) >> 3) << 5;
  const tap = <usize>channels * sumRow;
  const outRow = <usize>outChannels << 2;
  const gradientTap = <usize>channels * outRow;
  for (let channel = firstChannel; channel < lastChannel; channel++) {
    const from = sums + <usize>channel * sumRow;
    const to = gradient + <usize>channel * outRow;
    let at: usize = 0;
    for (; at + 16 <= outRow; at += 16) {
      const all = v128.load(from + at);
      const right = f32x4.add(all, v128.load(from + at + tap));
      const lower = v128.load(from + at + 2 * tap);
      v128.store(to + at, all);
      v128.store(to + at + gradientTap, right);
      v128.store(to + at + 2 * gradientTap, f32x4.add(all, lower));
      v128.store(to + at + 3 * gradientTap, f32x4.add(f32x4.add(right, lower), v128.load(from + at + 3 * tap)));
    }
    for (; at < outRow; at += 4) {
      const all = load<f32>(from + at);
      const right = all + load<f32>(from + at + tap);
      const lower = load<f32>(from + at + 2 * tap);
      store<f32>(to + at, all);
      store<f32>(to + at + gradientTap, right);
      store<f32>(to + at + 2 * gradientTap, all + lower);
      store<f32>(to + at + 3 * gradientTap, right + lower + load<f32>(from + at + 3 * tap));
    }
  }
}

/** Of `count` pixels the sum of their four dy, of the right two, of the lower two, and the lower right one: [position][tile][pixel][8], zeros where there is no channel. */
function spreadDy(
  dy: usize,
  width: i32,
  channels: i32,
  first: i32,
  count: i32,
  to: usize,
  tileBytes: usize,
  position: usize,
): void {
  const pixel = <usize>channels << 2;
  const row = <usize>(2 * width) * pixel;
  const padded = <usize>((channels + 7) >> 3) << 5;
  let column = first % width;
  let a = dy + <usize>(first / width) * 2 * row + <usize>(2 * column) * pixel;
  for (let i = 0; i < count; i++) {
    const b = a + pixel;
    const c = a + row;
    const d = c + pixel;
    let at: usize = 0;
    let place = to;
    for (; at + 16 <= pixel; at += 16) {
      const vc = v128.load(c + at);
      const vd = v128.load(d + at);
      const right = f32x4.add(v128.load(b + at), vd);
      v128.store(place, f32x4.add(f32x4.add(v128.load(a + at), vc), right));
      v128.store(place + position, right);
      v128.store(place + 2 * position, f32x4.add(vc, vd));
      v128.store(place + 3 * position, vd);
      place += at & 16 ? tileBytes - 16 : 16;
    }
    for (; at < padded; at += 4) {
      const inside = at < pixel;
      const vc: f32 = inside ? load<f32>(c + at) : 0;
      const vd: f32 = inside ? load<f32>(d + at) : 0;
      const right: f32 = inside ? load<f32>(b + at) + vd : 0;
      store<f32>(place, (inside ? load<f32>(a + at) : <f32>0) + vc + right);
      store<f32>(place + position, right);
      store<f32>(place + 2 * position, vc + vd);
      store<f32>(place + 3 * position, vd);
      place += (at & 28) == 28 ? tileBytes - 28 : 4;
    }
    to += 32;
    a += 2 * pixel;
    if (++column == width) {
      column = 0;
      a += row;
    }
  }
}
