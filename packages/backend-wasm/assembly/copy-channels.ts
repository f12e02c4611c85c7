import { address, whole } from "./argument";
import { copyFloats } from "./copy";
import { floatBytes } from "./rows";
import { startOf } from "./share";

/**
 * Copies one or two runs of channels of every pixel, as concatenation and its gradient do. Two at once, because two that lie side
 * by side share lines of the cache, which would otherwise come from memory and go back to it twice.
 * `from`, `to`: the first channel of the run; `fromChannels`, `toChannels`: all that there are; `nextCount`: 0 for one run.
 * @args from fromChannels to toChannels count next nextChannels nextTo nextToChannels nextCount pixels
 */
export function copyChannels(args: usize, part: i32, parts: i32): void {
  const fromStep = floatBytes(whole(args, 1));
  const toStep = floatBytes(whole(args, 3));
  const count = whole(args, 4);
  const nextStep = floatBytes(whole(args, 6));
  const nextToStep = floatBytes(whole(args, 8));
  const nextCount = whole(args, 9);
  const pixels = whole(args, 10);
  const first = startOf(part, parts, pixels);
  const last = startOf(part + 1, parts, pixels);
  let from = address(args, 0) + <usize>first * fromStep;
  let to = address(args, 2) + <usize>first * toStep;
  let next = address(args, 5) + <usize>first * nextStep;
  let nextTo = address(args, 7) + <usize>first * nextToStep;
  for (let pixel = first; pixel < last; pixel++) {
    copyFloats(from, to, count);
    copyFloats(next, nextTo, nextCount);
    from += fromStep;
    to += toStep;
    next += nextStep;
    nextTo += nextToStep;
  }
}
