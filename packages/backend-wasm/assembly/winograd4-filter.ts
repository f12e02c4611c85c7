import { address, whole } from "./argument";
import { startOf } from "./share";
import { strideOf } from "./stride";
import { filterLine } from "./winograd4-transforms";

/**
 * A filter of 3×3 taps as {@link winograd4} reads it: G g Gᵀ, for each eight output channels their biases, then
 * [position][channel][8]. `packed`: as by convolution-filter.ts; `lines`: scratch of 288 bytes for each part; `channels`: of the
 * input; `tiles`: eights of output channels.
 * @args packed transformed lines channels tiles
 */
export function winograd4Filter(args: usize, part: i32, parts: i32): void {
  const packed = address(args, 0);
  const transformed = address(args, 1);
  const lines = address(args, 2) + <usize>part * 288;
  const channels = <usize>whole(args, 3);
  const tiles = whole(args, 4);
  const row = channels * 96;
  const position = strideOf(channels << 5);
  const last = startOf(part + 1, parts, tiles);
  for (let tile = startOf(part, parts, tiles); tile < last; tile++) {
    const from = packed + <usize>tile * (32 + 3 * row);
    const to = transformed + <usize>tile * (32 + 36 * position);
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
    for (let channel: usize = 0; channel < channels; channel++) {
      for (let lane: usize = 0; lane < 32; lane += 16) {
        const taps = from + 32 + channel * 96 + lane;
        for (let tap: usize = 0; tap < 3; tap++) filterLine(taps + (tap << 5), row, lines + (tap << 4), 48);
        let place = to + 32 + (channel << 5) + lane;
        for (let line: usize = 0; line < 288; line += 48) {
          filterLine(lines + line, 16, place, position);
          place += 6 * position;
        }
      }
    }
  }
}
