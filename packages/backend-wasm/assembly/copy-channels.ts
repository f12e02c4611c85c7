import { address, whole } from "./argument";
import { copyFloats } from "./copy";
import { floatBytes } from "./rows";
import { startOf } from "./share";

/**
 * Copies some channels of every pixel, as concatenation and its gradient do.
 * `from`, `to`: the first of them; `fromChannels`, `toChannels`: all that there are.
 * @args from fromChannels to toChannels count pixels
 */
export function copyChannels(args: usize, part: i32, parts: i32): void {
  const sourceStep = floatBytes(whole(args, 1));
  const targetStep = floatBytes(whole(args, 3));
  const count = whole(args, 4);
  const pixels = whole(args, 5);
  const first = startOf(part, parts, pixels);
  const last = startOf(part + 1, parts, pixels);
  let from = address(args, 0) + <usize>first * sourceStep;
  let to = address(args, 2) + <usize>first * targetStep;
  for (let pixel = first; pixel < last; pixel++) {
    copyFloats(from, to, count);
    from += sourceStep;
    to += targetStep;
  }
}
