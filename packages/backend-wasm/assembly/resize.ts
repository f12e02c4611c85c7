import { address, whole } from "./argument";
import { copyFloats } from "./copy";
import { floatBytes } from "./rows";
import { startOf } from "./share";

/**
 * Repeats every pixel in a block of `down` × `across`. A part takes rows of x, of which all images have `rows`.
 * @args x y rows width channels down across
 */
export function enlarge(args: usize, part: i32, parts: i32): void {
  const rows = whole(args, 2);
  const width = whole(args, 3);
  const channels = whole(args, 4);
  const down = whole(args, 5);
  const across = whole(args, 6);
  const pixelBytes = floatBytes(channels);
  const rowBytes = <usize>(width * across) * pixelBytes;
  const first = startOf(part, parts, rows);
  const last = startOf(part + 1, parts, rows);
  let from = address(args, 0) + <usize>(first * width) * pixelBytes;
  let to = address(args, 1) + <usize>(first * down) * rowBytes;
  for (let row = first; row < last; row++) {
    const line = to;
    for (let column = 0; column < width; column++) {
      for (let copy = 0; copy < across; copy++) {
        copyFloats(from, to, channels);
        to += pixelBytes;
      }
      from += pixelBytes;
    }
    for (let copy = 1; copy < down; copy++) {
      memory.copy(to, line, rowBytes);
      to += rowBytes;
    }
  }
}

/**
 * Its gradient: the sum of every block. `rows`, `width`: those of dx.
 * @args dy dx rows width channels down across
 */
export function enlargeGrad(args: usize, part: i32, parts: i32): void {
  const rows = whole(args, 2);
  const width = whole(args, 3);
  const channels = whole(args, 4);
  const down = whole(args, 5);
  const across = whole(args, 6);
  const pixelBytes = floatBytes(channels);
  const rowBytes = <usize>(width * across) * pixelBytes;
  const first = startOf(part, parts, rows);
  const last = startOf(part + 1, parts, rows);
  let from = address(args, 0) + <usize>(first * down) * rowBytes;
  let to = address(args, 1) + <usize>(first * width) * pixelBytes;
  for (let row = first; row < last; row++) {
    for (let column = 0; column < width; column++) {
      if (down == 2 && across == 2) sumOfFour(from, to, pixelBytes, rowBytes);
      else sumOfBlock(from, to, pixelBytes, rowBytes, down, across);
      from += <usize>across * pixelBytes;
      to += pixelBytes;
    }
    from += <usize>(down - 1) * rowBytes;
  }
}

// @ts-expect-error: decorator
@inline
function sumOfFour(from: usize, to: usize, pixelBytes: usize, rowBytes: usize): void {
  const right = from + pixelBytes;
  const below = from + rowBytes;
  const diagonal = right + rowBytes;
  let i: usize = 0;
  for (; i + 16 <= pixelBytes; i += 16) {
    const first = f32x4.add(v128.load(from + i), v128.load(right + i));
    const second = f32x4.add(v128.load(below + i), v128.load(diagonal + i));
    v128.store(to + i, f32x4.add(first, second));
  }
  for (; i < pixelBytes; i += 4) {
    const first = load<f32>(from + i) + load<f32>(right + i);
    store<f32>(to + i, first + (load<f32>(below + i) + load<f32>(diagonal + i)));
  }
}

function sumOfBlock(from: usize, to: usize, pixelBytes: usize, rowBytes: usize, down: i32, across: i32): void {
  let i: usize = 0;
  for (; i + 16 <= pixelBytes; i += 16) {
    let sum = f32x4.splat(0);
    for (let row = 0; row < down; row++) {
      let at = from + i + <usize>row * rowBytes;
      for (let column = 0; column < across; column++) {
        sum = f32x4.add(sum, v128.load(at));
        at += pixelBytes;
      }
    }
    v128.store(to + i, sum);
  }
  for (; i < pixelBytes; i += 4) {
    let sum: f32 = 0;
    for (let row = 0; row < down; row++) {
      let at = from + i + <usize>row * rowBytes;
      for (let column = 0; column < across; column++) {
        sum += load<f32>(at);
        at += pixelBytes;
      }
    }
    store<f32>(to + i, sum);
  }
}
