import { address, whole } from "./argument";
import { startOf } from "./share";

/**
 * A filter of 2×2 taps as {@link upConvolution} and the gradient of its input read it: for each eight output channels their
 * biases, then the sum of the taps, of the right ones, of the lower ones, and the lower right one, [position][channel][8].
 * `packed`: as by convolution-filter.ts; `channels`: of its input.
 * @args packed transformed channels outChannels
 */
export function upConvolutionFilter(args: usize, part: i32, parts: i32): void {
  const packed = address(args, 0);
  const transformed = address(args, 1);
  const channels = <usize>whole(args, 2);
  const tiles = (whole(args, 3) + 7) >> 3;
  const position = channels << 5;
  const row = channels << 6;
  const tileBytes = 32 + 4 * position;
  const last = startOf(part + 1, parts, tiles);
  for (let tile = startOf(part, parts, tiles); tile < last; tile++) {
    let from = packed + <usize>tile * tileBytes;
    let to = transformed + <usize>tile * tileBytes;
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
    from += 32;
    to += 32;
    for (let channel: usize = 0; channel < channels; channel++) {
      for (let lane: usize = 0; lane < 32; lane += 16) {
        const taps = from + (channel << 6) + lane;
        const place = to + (channel << 5) + lane;
        const lower = v128.load(taps + row);
        const lowerRight = v128.load(taps + row, 32);
        const right = f32x4.add(v128.load(taps, 32), lowerRight);
        v128.store(place, f32x4.add(f32x4.add(v128.load(taps), lower), right));
        v128.store(place + position, right);
        v128.store(place + 2 * position, f32x4.add(lower, lowerRight));
        v128.store(place + 3 * position, lowerRight);
      }
    }
  }
}
