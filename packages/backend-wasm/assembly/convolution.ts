import { Activation, activate, activateOne } from "./activation";
import { address, whole } from "./argument";
import { storeLanes } from "./lanes";
import { narrowTile, narrowWidth } from "./narrow-convolution";
import { startOf } from "./share";
import { fillZeros, fma } from "./simd";

/**
 * Convolution of NHWC images, for any filter, stride and padding. A block of padded input rows is laid out anew as planes:
 * [row][channel][phase][x], where phase f of a stride s holds the columns f, s + f, 2 s + f, … Then neighbouring outputs read
 * neighbouring values, for every tap: six outputs times eight channels are summed up in twelve registers, with one pointer
 * (where one or two channels are left, sixteen outputs in eight registers: narrow-convolution.ts).
 *
 * `filter`: packed (see convolution-filter.ts); `partBytes`: scratch for each part; `above`, `left`: zeros; `taps`: of a row, for
 * each phase; `outPixel`, `outRow`, `outImage`: floats from an output to the next one across, down and in the next image;
 * `rectify`: 1 for a ReLU after it; `slopesBelow`, `slopesAbove`: for each channel (see rows.ts), or 0.
 * @args input filter output scratch partBytes images height width channels outHeight outWidth outChannels
 *   strideDown strideAcross above left filterRows taps phases outPixel outRow outImage rectify slopesBelow
 *   slopesAbove blockRows
 */
export function convolution(args: usize, part: i32, parts: i32): void {
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
  const strideDown = whole(args, 12);
  const strideAcross = whole(args, 13);
  const above = whole(args, 14);
  const left = whole(args, 15);
  const filterRows = whole(args, 16);
  const taps = whole(args, 17);
  const phases = whole(args, 18);
  const outPixel = address(args, 19) << 2;
  const outRow = address(args, 20) << 2;
  const outImage = address(args, 21) << 2;
  const rectify = whole(args, 22) != 0;
  const slopesBelow = address(args, 23);
  const slopesAbove = address(args, 24);
  const blockRows = whole(args, 25);

  const planeBytes = <usize>planeLength(outWidth + taps - 1) << 2;
  const planes = channels * phases;
  const rowBytes = planeBytes * <usize>planes;
  const planesOfFilter = filterRows * planes;
  const tiles = (outChannels + 7) >> 3;
  const tileBytes = <usize>(8 + filterRows * planes * taps * 8) << 2;

  const blocksOfImage = (outHeight + blockRows - 1) / blockRows;
  const blocks = images * blocksOfImage;
  const lastBlock = startOf(part + 1, parts, blocks);
  for (let block = startOf(part, parts, blocks); block < lastBlock; block++) {
    const image = block / blocksOfImage;
    const firstRow = (block % blocksOfImage) * blockRows;
    const rows = min(blockRows, outHeight - firstRow);
    const source = input + <usize>(image * height * width * channels) * 4;
    const inputRows = (rows - 1) * strideDown + filterRows;
    for (let row = 0; row < inputRows; row++) {
      const y = firstRow * strideDown - above + row;
      const target = scratch + <usize>row * rowBytes;
      if (y < 0 || y >= height) memory.fill(target, 0, rowBytes);
      else {
        const from = source + <usize>(y * width * channels) * 4;
        if (strideAcross == 1) layOutRow(from, width, channels, left, target, planeBytes);
        else layOutStridedRow(from, width, channels, left, strideAcross, phases, target, planeBytes);
      }
    }
    for (let tile = 0; tile < tiles; tile++) {
      const weights = filter + <usize>tile * tileBytes;
      const lanes = min(8, outChannels - (tile << 3));
      for (let row = 0; row < rows; row++) {
        let from = scratch + <usize>(row * strideDown) * rowBytes;
        const firstOutput = output + <usize>image * outImage + <usize>(firstRow + row) * outRow + (<usize>tile << 5);
        let to = firstOutput;
        let rest = outWidth;
        while (rest > 0) {
          let count: i32;
          if (lanes <= 2 && rest >= narrowWidth) {
            narrowTile(from, weights, to, outPixel, planesOfFilter, taps, planeBytes, lanes, rectify);
            count = narrowWidth;
          } else if (rest == 6 || rest > 8) {
            tile6(from, weights, to, outPixel, planesOfFilter, taps, planeBytes, lanes, rectify);
            count = 6;
          } else if (rest == 8 || rest == 7 || rest == 4) {
            tile4(from, weights, to, outPixel, planesOfFilter, taps, planeBytes, lanes, rectify);
            count = 4;
          } else if (rest == 5 || rest == 3) {
            tile3(from, weights, to, outPixel, planesOfFilter, taps, planeBytes, lanes, rectify);
            count = 3;
          } else if (rest == 2) {
            tile2(from, weights, to, outPixel, planesOfFilter, taps, planeBytes, lanes, rectify);
            count = 2;
          } else {
            tile1(from, weights, to, outPixel, planesOfFilter, taps, planeBytes, lanes, rectify);
            count = 1;
          }
          rest -= count;
          from += <usize>count << 2;
          to += <usize>count * outPixel;
        }
        if (slopesBelow != 0) {
          const ofTile = <usize>tile << 5;
          activateRow(firstOutput, outPixel, outWidth, lanes, slopesBelow + ofTile, slopesAbove + ofTile);
        }
      }
    }
  }
}

/** Two slopes for each channel of a row of outputs: now, while they are in the cache, and not among the sums, which need all registers. */
function activateRow(row: usize, outPixel: usize, width: i32, lanes: i32, below: usize, above: usize): void {
  const end = row + <usize>width * outPixel;
  let lane: usize = 0;
  for (const last = (<usize>lanes << 2) & ~15; lane < last; lane += 16) {
    const slopeBelow = v128.load(below + lane);
    const slopeAbove = v128.load(above + lane);
    for (let at = row + lane; at < end; at += outPixel) {
      v128.store(at, activate(v128.load(at), Activation.prelu, slopeBelow, slopeAbove));
    }
  }
  for (const last = <usize>lanes << 2; lane < last; lane += 4) {
    const slopeBelow = load<f32>(below + lane);
    const slopeAbove = load<f32>(above + lane);
    for (let at = row + lane; at < end; at += outPixel) {
      store<f32>(at, activateOne(load<f32>(at), Activation.prelu, slopeBelow, slopeAbove));
    }
  }
}

/** Floats from a plane to the next: four more than a multiple of a cache line, so that planes do not share the same few sets of the cache. */
function planeLength(length: i32): i32 {
  return ((length + 11) & ~15) + 4;
}

/** A row of pixels as planes, with zeros on both sides: four pixels by four channels at a time. */
function layOutRow(from: usize, width: i32, channels: i32, left: i32, target: usize, planeBytes: usize): void {
  const zeros = <usize>left << 2;
  const filled = <usize>(left + width) << 2;
  const pixel = <usize>channels << 2;
  const inPlane = min(filled, planeBytes);
  const kept = <i32>((inPlane - zeros) >> 2);
  let channel = 0;
  for (; channel + 4 <= channels; channel += 4) {
    const plane0 = target + <usize>channel * planeBytes;
    const plane1 = plane0 + planeBytes;
    const plane2 = plane1 + planeBytes;
    const plane3 = plane2 + planeBytes;
    fillZeros(plane0, plane0 + zeros);
    fillZeros(plane1, plane1 + zeros);
    fillZeros(plane2, plane2 + zeros);
    fillZeros(plane3, plane3 + zeros);
    let at = from + (<usize>channel << 2);
    let to = zeros;
    let x = 0;
    for (; x + 4 <= kept; x += 4) {
      const a = v128.load(at);
      const b = v128.load(at + pixel);
      const c = v128.load(at + 2 * pixel);
      const d = v128.load(at + 3 * pixel);
      const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
      const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
      const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
      const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
      v128.store(plane0 + to, v128.shuffle<f64>(ab, cd, 0, 2));
      v128.store(plane1 + to, v128.shuffle<f64>(ab, cd, 1, 3));
      v128.store(plane2 + to, v128.shuffle<f64>(abHigh, cdHigh, 0, 2));
      v128.store(plane3 + to, v128.shuffle<f64>(abHigh, cdHigh, 1, 3));
      at += 4 * pixel;
      to += 16;
    }
    for (; x < kept; x++) {
      const a = v128.load(at);
      v128.store_lane<f32>(plane0 + to, a, 0);
      v128.store_lane<f32>(plane1 + to, a, 1);
      v128.store_lane<f32>(plane2 + to, a, 2);
      v128.store_lane<f32>(plane3 + to, a, 3);
      at += pixel;
      to += 4;
    }
    fillZeros(plane0 + to, plane1);
    fillZeros(plane1 + to, plane2);
    fillZeros(plane2 + to, plane3);
    fillZeros(plane3 + to, plane3 + planeBytes);
  }
  for (; channel < channels; channel++) {
    const plane = target + <usize>channel * planeBytes;
    fillZeros(plane, plane + zeros);
    if (channels == 1) memory.copy(plane + zeros, from, <usize>kept << 2);
    else {
      let at = from + (<usize>channel << 2);
      for (let to = zeros; to < inPlane; to += 4) {
        store<f32>(plane + to, load<f32>(at));
        at += pixel;
      }
    }
    fillZeros(plane + inPlane, plane + planeBytes);
  }
}

function layOutStridedRow(
  from: usize,
  width: i32,
  channels: i32,
  left: i32,
  stride: i32,
  phases: i32,
  target: usize,
  planeBytes: usize,
): void {
  memory.fill(target, 0, planeBytes * <usize>(channels * phases));
  const channelBytes = planeBytes * <usize>phases;
  for (let x = 0; x < width; x++) {
    const column = x + left;
    const phase = column % stride;
    const place = <usize>(column / stride) << 2;
    // A filter narrower than the stride leaves columns unread, and so may the last ones be.
    if (phase >= phases || place >= planeBytes) continue;
    let at = from + (<usize>(x * channels) << 2);
    let to = target + <usize>phase * planeBytes + place;
    for (let channel = 0; channel < channels; channel++) {
      store<f32>(to, load<f32>(at));
      at += 4;
      to += channelBytes;
    }
  }
}

// @ts-expect-error: decorator
/**
 * `width` neighbouring outputs times eight channels, for filters of `unroll` taps a row (0: any number). Both are constants,
 * so that what they do not need falls away.
 */
@inline
function tile(
  width: i32,
  unroll: i32,
  x: usize,
  weights: usize,
  to: usize,
  outPixel: usize,
  planes: i32,
  taps: i32,
  planeBytes: usize,
  lanes: i32,
  rectify: bool,
): void {
  // The bias stands before the weights.
  const low = v128.load(weights);
  const high = v128.load(weights, 16);
  let a0 = low;
  let a1 = high;
  let b0 = low;
  let b1 = high;
  let c0 = low;
  let c1 = high;
  let d0 = low;
  let d1 = high;
  let e0 = low;
  let e1 = high;
  let f0 = low;
  let f1 = high;
  let w = weights + 32;
  const end = w + <usize>(planes * taps) * 32;
  // The planes of a filter's rows follow each other without a gap.
  while (w < end) {
    const plane = x;
    if (unroll == 0) {
      const endOfPlane = w + ((<usize>taps - 3) << 5);
      while (w < endOfPlane) {
        const wg = v128.load(w, 0);
        const vg = v128.load(w, 16);
        const asg = v128.load_splat<f32>(x, 0);
        a0 = fma(asg, wg, a0);
        a1 = fma(asg, vg, a1);
        if (width > 1) {
          const bsg = v128.load_splat<f32>(x, 4);
          b0 = fma(bsg, wg, b0);
          b1 = fma(bsg, vg, b1);
        }
        if (width > 2) {
          const csg = v128.load_splat<f32>(x, 8);
          c0 = fma(csg, wg, c0);
          c1 = fma(csg, vg, c1);
        }
        if (width > 3) {
          const dsg = v128.load_splat<f32>(x, 12);
          d0 = fma(dsg, wg, d0);
          d1 = fma(dsg, vg, d1);
        }
        if (width > 4) {
          const esg = v128.load_splat<f32>(x, 16);
          e0 = fma(esg, wg, e0);
          e1 = fma(esg, vg, e1);
        }
        if (width > 5) {
          const fsg = v128.load_splat<f32>(x, 20);
          f0 = fma(fsg, wg, f0);
          f1 = fma(fsg, vg, f1);
        }
        w += 32;
        x += 4;
      }
    }
    const w0 = v128.load(w, 0);
    const v0 = v128.load(w, 16);
    const as0 = v128.load_splat<f32>(x, 0);
    a0 = fma(as0, w0, a0);
    a1 = fma(as0, v0, a1);
    if (width > 1) {
      const bs0 = v128.load_splat<f32>(x, 4);
      b0 = fma(bs0, w0, b0);
      b1 = fma(bs0, v0, b1);
    }
    if (width > 2) {
      const cs0 = v128.load_splat<f32>(x, 8);
      c0 = fma(cs0, w0, c0);
      c1 = fma(cs0, v0, c1);
    }
    if (width > 3) {
      const ds0 = v128.load_splat<f32>(x, 12);
      d0 = fma(ds0, w0, d0);
      d1 = fma(ds0, v0, d1);
    }
    if (width > 4) {
      const es0 = v128.load_splat<f32>(x, 16);
      e0 = fma(es0, w0, e0);
      e1 = fma(es0, v0, e1);
    }
    if (width > 5) {
      const fs0 = v128.load_splat<f32>(x, 20);
      f0 = fma(fs0, w0, f0);
      f1 = fma(fs0, v0, f1);
    }
    if (unroll == 0 || unroll > 1) {
      const w1 = v128.load(w, 32);
      const v1 = v128.load(w, 48);
      const as1 = v128.load_splat<f32>(x, 4);
      a0 = fma(as1, w1, a0);
      a1 = fma(as1, v1, a1);
      if (width > 1) {
        const bs1 = v128.load_splat<f32>(x, 8);
        b0 = fma(bs1, w1, b0);
        b1 = fma(bs1, v1, b1);
      }
      if (width > 2) {
        const cs1 = v128.load_splat<f32>(x, 12);
        c0 = fma(cs1, w1, c0);
        c1 = fma(cs1, v1, c1);
      }
      if (width > 3) {
        const ds1 = v128.load_splat<f32>(x, 16);
        d0 = fma(ds1, w1, d0);
        d1 = fma(ds1, v1, d1);
      }
      if (width > 4) {
        const es1 = v128.load_splat<f32>(x, 20);
        e0 = fma(es1, w1, e0);
        e1 = fma(es1, v1, e1);
      }
      if (width > 5) {
        const fs1 = v128.load_splat<f32>(x, 24);
        f0 = fma(fs1, w1, f0);
        f1 = fma(fs1, v1, f1);
      }
    }
    if (unroll == 0 || unroll > 2) {
      const w2 = v128.load(w, 64);
      const v2 = v128.load(w, 80);
      const as2 = v128.load_splat<f32>(x, 8);
      a0 = fma(as2, w2, a0);
      a1 = fma(as2, v2, a1);
      if (width > 1) {
        const bs2 = v128.load_splat<f32>(x, 12);
        b0 = fma(bs2, w2, b0);
        b1 = fma(bs2, v2, b1);
      }
      if (width > 2) {
        const cs2 = v128.load_splat<f32>(x, 16);
        c0 = fma(cs2, w2, c0);
        c1 = fma(cs2, v2, c1);
      }
      if (width > 3) {
        const ds2 = v128.load_splat<f32>(x, 20);
        d0 = fma(ds2, w2, d0);
        d1 = fma(ds2, v2, d1);
      }
      if (width > 4) {
        const es2 = v128.load_splat<f32>(x, 24);
        e0 = fma(es2, w2, e0);
        e1 = fma(es2, v2, e1);
      }
      if (width > 5) {
        const fs2 = v128.load_splat<f32>(x, 28);
        f0 = fma(fs2, w2, f0);
        f1 = fma(fs2, v2, f1);
      }
    }
    w += unroll == 0 ? 96 : <usize>unroll << 5;
    x = plane + planeBytes;
  }
  if (rectify) {
    const zero = f32x4.splat(0);
    a0 = f32x4.max(a0, zero);
    a1 = f32x4.max(a1, zero);
    b0 = f32x4.max(b0, zero);
    b1 = f32x4.max(b1, zero);
    c0 = f32x4.max(c0, zero);
    c1 = f32x4.max(c1, zero);
    d0 = f32x4.max(d0, zero);
    d1 = f32x4.max(d1, zero);
    e0 = f32x4.max(e0, zero);
    e1 = f32x4.max(e1, zero);
    f0 = f32x4.max(f0, zero);
    f1 = f32x4.max(f1, zero);
  }
  storeLanes(to, a0, a1, lanes);
  if (width > 1) storeLanes(to + outPixel, b0, b1, lanes);
  if (width > 2) storeLanes(to + 2 * outPixel, c0, c1, lanes);
  if (width > 3) storeLanes(to + 3 * outPixel, d0, d1, lanes);
  if (width > 4) storeLanes(to + 4 * outPixel, e0, e1, lanes);
  if (width > 5) storeLanes(to + 5 * outPixel, f0, f1, lanes);
}

function tile6(
  x: usize,
  weights: usize,
  to: usize,
  outPixel: usize,
  planes: i32,
  taps: i32,
  planeBytes: usize,
  lanes: i32,
  rectify: bool,
): void {
  if (taps == 3) tile(6, 3, x, weights, to, outPixel, planes, taps, planeBytes, lanes, rectify);
  else if (taps == 1) tile(6, 1, x, weights, to, outPixel, planes, taps, planeBytes, lanes, rectify);
  else if (taps == 2) tile(6, 2, x, weights, to, outPixel, planes, taps, planeBytes, lanes, rectify);
  else tile(6, 0, x, weights, to, outPixel, planes, taps, planeBytes, lanes, rectify);
}

function tile4(
  x: usize,
  weights: usize,
  to: usize,
  outPixel: usize,
  planes: i32,
  taps: i32,
  planeBytes: usize,
  lanes: i32,
  rectify: bool,
): void {
  if (taps == 3) tile(4, 3, x, weights, to, outPixel, planes, taps, planeBytes, lanes, rectify);
  else if (taps == 1) tile(4, 1, x, weights, to, outPixel, planes, taps, planeBytes, lanes, rectify);
  else if (taps == 2) tile(4, 2, x, weights, to, outPixel, planes, taps, planeBytes, lanes, rectify);
  else tile(4, 0, x, weights, to, outPixel, planes, taps, planeBytes, lanes, rectify);
}

function tile3(
  x: usize,
  weights: usize,
  to: usize,
  outPixel: usize,
  planes: i32,
  taps: i32,
  planeBytes: usize,
  lanes: i32,
  rectify: bool,
): void {
  if (taps == 3) tile(3, 3, x, weights, to, outPixel, planes, taps, planeBytes, lanes, rectify);
  else if (taps == 1) tile(3, 1, x, weights, to, outPixel, planes, taps, planeBytes, lanes, rectify);
  else if (taps == 2) tile(3, 2, x, weights, to, outPixel, planes, taps, planeBytes, lanes, rectify);
  else tile(3, 0, x, weights, to, outPixel, planes, taps, planeBytes, lanes, rectify);
}

function tile2(
  x: usize,
  weights: usize,
  to: usize,
  outPixel: usize,
  planes: i32,
  taps: i32,
  planeBytes: usize,
  lanes: i32,
  rectify: bool,
): void {
  if (taps == 3) tile(2, 3, x, weights, to, outPixel, planes, taps, planeBytes, lanes, rectify);
  else if (taps == 1) tile(2, 1, x, weights, to, outPixel, planes, taps, planeBytes, lanes, rectify);
  else if (taps == 2) tile(2, 2, x, weights, to, outPixel, planes, taps, planeBytes, lanes, rectify);
  else tile(2, 0, x, weights, to, outPixel, planes, taps, planeBytes, lanes, rectify);
}

function tile1(
  x: usize,
  weights: usize,
  to: usize,
  outPixel: usize,
  planes: i32,
  taps: i32,
  planeBytes: usize,
  lanes: i32,
  rectify: bool,
): void {
  if (taps == 3) tile(1, 3, x, weights, to, outPixel, planes, taps, planeBytes, lanes, rectify);
  else if (taps == 1) tile(1, 1, x, weights, to, outPixel, planes, taps, planeBytes, lanes, rectify);
  else if (taps == 2) tile(1, 2, x, weights, to, outPixel, planes, taps, planeBytes, lanes, rectify);
  else tile(1, 0, x, weights, to, outPixel, planes, taps, planeBytes, lanes, rectify);
}
