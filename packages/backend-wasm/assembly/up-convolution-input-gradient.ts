import { address, whole } from "./argument";
import { storeLanes } from "./lanes";
import { groupOf, rowProducts } from "./products";
import { startOf } from "./share";
import { fillZeros } from "./simd";
import { roundUp } from "./stride";

/**
 * The gradient of the input of {@link upConvolution}, which is its transpose: with s0 the sum of a pixel's four dy, s1 that of
 * the right two, s2 of the lower two and s3 the lower right one, and with s1' = s1 of the left neighbour - s1 here, s2' likewise
 * from above and s3' from both, it is one product of [s0, s1', s2', s3'] with the filter.
 *
 * `filter`: as by {@link upConvolutionFilter}, with in and out exchanged; `height`, `width`: of dx.
 * @args dy filter dx scratch partBytes images height width channels outChannels blockPixels
 */
export function upConvolutionInputGradient(args: usize, part: i32, parts: i32): void {
  const dy = address(args, 0);
  const filter = address(args, 1);
  const dx = address(args, 2);
  const sums = address(args, 3) + <usize>part * address(args, 4);
  const images = whole(args, 5);
  const height = whole(args, 6);
  const width = whole(args, 7);
  const channels = whole(args, 8);
  const outChannels = whole(args, 9);
  const blockPixels = whole(args, 10);

  const pixel = <usize>channels << 2;
  const outPixel = <usize>outChannels << 2;
  const tiles = (channels + 7) >> 3;
  const depth = 4 * outPixel;
  const zeros = sums + 192;
  const transformed = zeros + roundUp(outPixel);
  fillZeros(zeros, zeros + outPixel);

  const pixels = images * height * width;
  const blocks = (pixels + blockPixels - 1) / blockPixels;
  const lastBlock = startOf(part + 1, parts, blocks);
  for (let block = startOf(part, parts, blocks); block < lastBlock; block++) {
    const first = block * blockPixels;
    const count = min(blockPixels, pixels - first);
    transform(dy, height, width, outPixel, first, count, zeros, transformed);
    for (let tile = 0; tile < tiles; tile++) {
      const weights = filter + <usize>tile * (32 + (depth << 3)) + 32;
      const lanes = min(8, channels - (tile << 3));
      let to = dx + <usize>first * pixel + (<usize>tile << 5);
      for (let done = 0; done < count; ) {
        const group = groupOf(count - done);
        rowProducts(group, transformed + <usize>done * depth, depth, weights, depth, sums);
        let at = sums;
        for (let i = 0; i < group; i++) {
          storeLanes(to, v128.load(at), v128.load(at, 16), lanes);
          at += 32;
          to += pixel;
        }
        done += group;
      }
    }
  }
}

/** [s0, s1', s2', s3'] of `count` pixels, one after the other. */
function transform(
  dy: usize,
  height: i32,
  width: i32,
  pixel: usize,
  first: i32,
  count: i32,
  zeros: usize,
  to: usize,
): void {
  const row = <usize>(2 * width) * pixel;
  let column = first % width;
  let line = (first / width) % height;
  let a = dy + <usize>(first / width) * 2 * row + <usize>(2 * column) * pixel;
  for (let i = 0; i < count; i++) {
    const isRight = column > 0;
    const isBelow = line > 0;
    const b = a + pixel;
    const c = a + row;
    const d = c + pixel;
    // The right two of the left neighbour, the lower two of the one above, and the lower right one of the diagonal neighbour.
    const left = isRight ? a - pixel : zeros;
    const lowerLeft = isRight ? c - pixel : zeros;
    const above = isBelow ? a - row : zeros;
    const aboveRight = isBelow ? b - row : zeros;
    const corner = isRight && isBelow ? a - row - pixel : zeros;
    let at: usize = 0;
    for (; at + 16 <= pixel; at += 16) {
      const vc = v128.load(c + at);
      const vd = v128.load(d + at);
      const vl = v128.load(lowerLeft + at);
      const va = v128.load(aboveRight + at);
      const right = f32x4.add(v128.load(b + at), vd);
      v128.store(to, f32x4.add(f32x4.add(v128.load(a + at), vc), right));
      v128.store(to + pixel, f32x4.sub(f32x4.add(v128.load(left + at), vl), right));
      v128.store(to + 2 * pixel, f32x4.sub(f32x4.add(v128.load(above + at), va), f32x4.add(vc, vd)));
      v128.store(to + 3 * pixel, f32x4.add(f32x4.sub(vd, vl), f32x4.sub(v128.load(corner + at), va)));
      to += 16;
    }
    for (; at < pixel; at += 4) {
      const vc = load<f32>(c + at);
      const vd = load<f32>(d + at);
      const vl = load<f32>(lowerLeft + at);
      const va = load<f32>(aboveRight + at);
      const right = load<f32>(b + at) + vd;
      store<f32>(to, load<f32>(a + at) + vc + right);
      store<f32>(to + pixel, load<f32>(left + at) + vl - right);
      store<f32>(to + 2 * pixel, load<f32>(above + at) + va - (vc + vd));
      store<f32>(to + 3 * pixel, vd - vl + (load<f32>(corner + at) - va));
      to += 4;
    }
    to += 3 * pixel;
    a += 2 * pixel;
    if (++column == width) {
      column = 0;
      a += row;
      if (++line == height) line = 0;
    }
  }
}
