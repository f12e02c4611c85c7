import { fma } from "./simd";

/** Outputs that `narrowTile` makes at a time. */
export const narrowWidth: i32 = 16;

/**
 * Sixteen neighbouring outputs of one or two channels, with arguments as those of the tiles in convolution.ts. There a register
 * holds channels of one output, and most of it would be empty; here it holds one channel of four outputs. Each sum is of the
 * same products in the same order.
 */
export function narrowTile(
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
  let a0 = v128.load_splat<f32>(weights, 0);
  let a1 = v128.load_splat<f32>(weights, 4);
  let b0 = a0;
  let b1 = a1;
  let c0 = a0;
  let c1 = a1;
  let d0 = a0;
  let d1 = a1;
  let w = weights + 32;
  const end = w + <usize>(planes * taps) * 32;
  while (w < end) {
    const plane = x;
    const endOfPlane = w + (<usize>taps << 5);
    while (w < endOfPlane) {
      const p = v128.load_splat<f32>(w, 0);
      const q = v128.load_splat<f32>(w, 4);
      const a = v128.load(x, 0);
      a0 = fma(a, p, a0);
      a1 = fma(a, q, a1);
      const b = v128.load(x, 16);
      b0 = fma(b, p, b0);
      b1 = fma(b, q, b1);
      const c = v128.load(x, 32);
      c0 = fma(c, p, c0);
      c1 = fma(c, q, c1);
      const d = v128.load(x, 48);
      d0 = fma(d, p, d0);
      d1 = fma(d, q, d1);
      w += 32;
      x += 4;
    }
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
  }
  storeFour(to, outPixel, a0, a1, lanes);
  storeFour(to + 4 * outPixel, outPixel, b0, b1, lanes);
  storeFour(to + 8 * outPixel, outPixel, c0, c1, lanes);
  storeFour(to + 12 * outPixel, outPixel, d0, d1, lanes);
}

/** Stores the first channel, or two, of four outputs. */
function storeFour(to: usize, outPixel: usize, first: v128, second: v128, lanes: i32): void {
  if (lanes == 1 && outPixel == 4) v128.store(to, first);
  else if (lanes == 2 && outPixel == 8) {
    v128.store(to, v128.shuffle<f32>(first, second, 0, 4, 1, 5));
    v128.store(to, v128.shuffle<f32>(first, second, 2, 6, 3, 7), 16);
  } else {
    storeChannel(to, outPixel, first);
    if (lanes == 2) storeChannel(to + 4, outPixel, second);
  }
}

function storeChannel(to: usize, outPixel: usize, values: v128): void {
  v128.store_lane<f32>(to, values, 0);
  v128.store_lane<f32>(to + outPixel, values, 1);
  v128.store_lane<f32>(to + 2 * outPixel, values, 2);
  v128.store_lane<f32>(to + 3 * outPixel, values, 3);
}
