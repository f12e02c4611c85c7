import { address, whole } from "./argument";
import { startOf } from "./share";

/**
 * A filter of 3×3 taps as {@link winograd} reads it: G g Gᵀ, for each eight output channels their biases, then
 * [position][channel][8]. `packed`: as by convolution-filter.ts; `channels`: of the input.
 * @args packed transformed channels outChannels
 */
export function winogradFilter(args: usize, part: i32, parts: i32): void {
  const packed = address(args, 0);
  const transformed = address(args, 1);
  const channels = whole(args, 2);
  const tiles = (whole(args, 3) + 7) >> 3;
  const position = <usize>channels << 5;
  const row = 3 * position;
  const packedTile = 32 + 9 * position;
  const transformedTile = 32 + 16 * position;
  const last = startOf(part + 1, parts, tiles);
  for (let tile = startOf(part, parts, tiles); tile < last; tile++) {
    const from = packed + <usize>tile * packedTile;
    const to = transformed + <usize>tile * transformedTile;
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
    for (let channel = 0; channel < channels; channel++) {
      const taps = from + 32 + <usize>channel * 96;
      const place = to + 32 + (<usize>channel << 5);
      transformTaps(taps, row, place, position);
      transformTaps(taps + 16, row, place + 16, position);
    }
  }
}

/** 3×3 taps, one after the other in a row, of four output channels. */
function transformTaps(from: usize, row: usize, to: usize, position: usize): void {
  const half = f32x4.splat(0.5);
  const upper = from;
  const middle = from + row;
  const lower = middle + row;
  for (let step = 0; step < 4; step++) {
    let a: v128;
    let b: v128;
    let c: v128;
    if (step == 0 || step == 3) {
      const at = step == 0 ? upper : lower;
      a = v128.load(at);
      b = v128.load(at, 32);
      c = v128.load(at, 64);
    } else {
      const sign = f32x4.splat(step == 1 ? 0.5 : -0.5);
      a = mean(v128.load(upper), v128.load(middle), v128.load(lower), half, sign);
      b = mean(v128.load(upper, 32), v128.load(middle, 32), v128.load(lower, 32), half, sign);
      c = mean(v128.load(upper, 64), v128.load(middle, 64), v128.load(lower, 64), half, sign);
    }
    v128.store(to, a);
    v128.store(to + position, mean(a, b, c, half, half));
    v128.store(to + 2 * position, mean(a, b, c, half, f32x4.splat(-0.5)));
    v128.store(to + 3 * position, c);
    to += 4 * position;
  }
}

// @ts-expect-error: decorator
@inline
function mean(a: v128, b: v128, c: v128, half: v128, sign: v128): v128 {
  return f32x4.add(f32x4.mul(f32x4.add(a, c), half), f32x4.mul(b, sign));
}
