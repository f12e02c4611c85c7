import { address, whole } from "./argument";
import { copyFloats } from "./copy";
import { startOf } from "./share";

/**
 * A box of a tensor of four dimensions. A part takes rows of the box's first two dimensions.
 * @args x y side0 side1 side2 side3 begin0 begin1 begin2 begin3 size0 size1 size2 size3
 */
export function slice(args: usize, part: i32, parts: i32): void {
  const depth = whole(args, 4);
  const last = whole(args, 5);
  const boxDepth = whole(args, 12);
  const boxLast = whole(args, 13);
  const runBytes = (<usize>boxLast) << 2;
  const rows = whole(args, 10) * whole(args, 11);
  const end = startOf(part + 1, parts, rows);
  let row = startOf(part, parts, rows);
  let to = address(args, 1) + <usize>(row * boxDepth) * runBytes;
  for (; row < end; row++) {
    const first = whole(args, 6) + row / whole(args, 11);
    const second = whole(args, 7) + (row % whole(args, 11));
    const line = (first * whole(args, 3) + second) * depth + whole(args, 8);
    let from = address(args, 0) + ((<usize>(line * last + whole(args, 9))) << 2);
    for (let i = 0; i < boxDepth; i++) {
      copyFloats(from, to, boxLast);
      from += (<usize>last) << 2;
      to += runBytes;
    }
  }
}
