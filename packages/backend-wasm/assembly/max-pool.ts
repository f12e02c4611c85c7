import { address, whole } from "./argument";
import { floatBytes } from "./rows";
import { startOf } from "./share";

// Padding counts for nothing: a window is cut at the edge of the image.

/**
 * The largest value of each window. A part takes rows of y. `down`, `across`: the steps of a window.
 * @args x y images height width channels outHeight outWidth windowHeight windowWidth down across above left
 */
export function maxPool(args: usize, part: i32, parts: i32): void {
  const lines = whole(args, 2) * whole(args, 6);
  const first = startOf(part, parts, lines);
  const last = startOf(part + 1, parts, lines);
  if (isInSquares(args, 3)) largestInSquares(args, first, last);
  else largestInWindows(args, first, last);
}

// @ts-expect-error: decorator
/** Whether windows of 2×2 side by side cover the image; its height is the argument `at`. */
@inline
function isInSquares(args: usize, at: i32): bool {
  const square = whole(args, at + 5) == 2 && whole(args, at + 6) == 2 && whole(args, at + 7) == 2 && whole(args, at + 8) == 2;
  return square && whole(args, at) == 2 * whole(args, at + 3) && whole(args, at + 1) == 2 * whole(args, at + 4);
}

function largestInSquares(args: usize, first: usize, last: usize): void {
  const pixelBytes = floatBytes(whole(args, 5));
  const rowBytes = (<usize>whole(args, 7) * pixelBytes) << 1;
  let x = address(args, 0) + first * (rowBytes << 1);
  let y = address(args, 1) + ((first * rowBytes) >> 1);
  for (let line = first; line < last; line++) {
    const end = x + rowBytes;
    while (x < end) {
      const right = x + pixelBytes;
      const below = x + rowBytes;
      const diagonal = below + pixelBytes;
      let i: usize = 0;
      for (; i + 16 <= pixelBytes; i += 16) {
        const above = f32x4.max(v128.load(x + i), v128.load(right + i));
        v128.store(y + i, f32x4.max(above, f32x4.max(v128.load(below + i), v128.load(diagonal + i))));
      }
      for (; i < pixelBytes; i += 4) {
        const above = max<f32>(load<f32>(x + i), load<f32>(right + i));
        store<f32>(y + i, max<f32>(above, max<f32>(load<f32>(below + i), load<f32>(diagonal + i))));
      }
      x += pixelBytes << 1;
      y += pixelBytes;
    }
    x += rowBytes;
  }
}

function largestInWindows(args: usize, first: i32, last: i32): void {
  const height = whole(args, 3);
  const width = whole(args, 4);
  const pixelBytes = floatBytes(whole(args, 5));
  const outHeight = whole(args, 6);
  const outWidth = whole(args, 7);
  const windowHeight = whole(args, 8);
  const windowWidth = whole(args, 9);
  const down = whole(args, 10);
  const across = whole(args, 11);
  const above = whole(args, 12);
  const left = whole(args, 13);
  const rowBytes = <usize>width * pixelBytes;
  let to = address(args, 1) + <usize>(first * outWidth) * pixelBytes;
  for (let line = first; line < last; line++) {
    const row = (line % outHeight) * down - above;
    const top = max(0, row);
    const rows = min(height, row + windowHeight) - top;
    const image = address(args, 0) + <usize>((line / outHeight) * height + top) * rowBytes;
    for (let outColumn = 0; outColumn < outWidth; outColumn++) {
      const column = outColumn * across - left;
      const start = max(0, column);
      const columns = min(width, column + windowWidth) - start;
      largest(image + <usize>start * pixelBytes, to, pixelBytes, rowBytes, rows, columns);
      to += pixelBytes;
    }
  }
}

function largest(from: usize, to: usize, pixelBytes: usize, rowBytes: usize, rows: i32, columns: i32): void {
  let i: usize = 0;
  for (; i + 16 <= pixelBytes; i += 16) {
    let value = v128.load(from + i);
    for (let row = 0; row < rows; row++) {
      let at = from + i + <usize>row * rowBytes;
      for (let column = 0; column < columns; column++) {
        value = f32x4.max(value, v128.load(at));
        at += pixelBytes;
      }
    }
    v128.store(to + i, value);
  }
  for (; i < pixelBytes; i += 4) {
    let value = load<f32>(from + i);
    for (let row = 0; row < rows; row++) {
      let at = from + i + <usize>row * rowBytes;
      for (let column = 0; column < columns; column++) {
        value = max<f32>(value, load<f32>(at));
        at += pixelBytes;
      }
    }
    store<f32>(to + i, value);
  }
}

/**
 * Its gradient: dy goes to the first value of its window that is not below y.
 * A part takes rows of dx.
 * @args x y dy dx images height width channels outHeight outWidth windowHeight windowWidth down across above left
 */
export function maxPoolGrad(args: usize, part: i32, parts: i32): void {
  const images = whole(args, 4);
  const height = whole(args, 5);
  if (isInSquares(args, 5)) routeInSquares(args, images * whole(args, 8), whole(args, 9), part, parts);
  else route(args, startOf(part, parts, images * height), startOf(part + 1, parts, images * height));
}

/** Windows of 2×2 side by side that cover the image. A part takes rows of y and what belongs to them. */
function routeInSquares(args: usize, lines: i32, outWidth: i32, part: i32, parts: i32): void {
  const pixelBytes = floatBytes(whole(args, 7));
  const lineBytes = <usize>outWidth * pixelBytes;
  const rowBytes = lineBytes << 1;
  const first = <usize>startOf(part, parts, lines);
  const last = <usize>startOf(part + 1, parts, lines);
  const toDx = address(args, 3) - address(args, 0);
  const toDy = address(args, 2) - address(args, 1);
  let x = address(args, 0) + first * (rowBytes << 1);
  let y = address(args, 1) + first * lineBytes;
  for (let line = first; line < last; line++) {
    const end = x + rowBytes;
    while (x < end) {
      const right = x + pixelBytes;
      const below = x + rowBytes;
      const diagonal = below + pixelBytes;
      let i: usize = 0;
      for (; i + 16 <= pixelBytes; i += 16) {
        const most = v128.load(y + i);
        let rest = v128.load(y + toDy + i);
        let smaller = f32x4.lt(v128.load(x + i), most);
        v128.store(x + toDx + i, v128.andnot(rest, smaller));
        rest = v128.and(rest, smaller);
        smaller = f32x4.lt(v128.load(right + i), most);
        v128.store(right + toDx + i, v128.andnot(rest, smaller));
        rest = v128.and(rest, smaller);
        smaller = f32x4.lt(v128.load(below + i), most);
        v128.store(below + toDx + i, v128.andnot(rest, smaller));
        v128.store(diagonal + toDx + i, v128.and(rest, smaller));
      }
      for (; i < pixelBytes; i += 4) {
        const most = load<f32>(y + i);
        let rest = load<f32>(y + toDy + i);
        rest = give(x + i, toDx, rest, most);
        rest = give(right + i, toDx, rest, most);
        rest = give(below + i, toDx, rest, most);
        store<f32>(diagonal + toDx + i, rest);
      }
      x += pixelBytes << 1;
      y += pixelBytes;
    }
    x += rowBytes;
  }
}

// @ts-expect-error: decorator
/** Writes the gradient where the value is the largest, else 0; returns what is still to be given. */
@inline
function give(value: usize, toDx: usize, gradient: f32, most: f32): f32 {
  const smaller = load<f32>(value) < most;
  store<f32>(value + toDx, smaller ? 0 : gradient);
  return smaller ? gradient : 0;
}

/** Any windows, for the rows from `first` to before `last` of dx. Windows that reach beyond give to other rows what these will add. */
function route(args: usize, first: i32, last: i32): void {
  const height = whole(args, 5);
  const width = whole(args, 6);
  const pixelBytes = floatBytes(whole(args, 7));
  const outHeight = whole(args, 8);
  const outWidth = whole(args, 9);
  const windowHeight = whole(args, 10);
  const windowWidth = whole(args, 11);
  const down = whole(args, 12);
  const across = whole(args, 13);
  const above = whole(args, 14);
  const left = whole(args, 15);
  const rowBytes = <usize>width * pixelBytes;
  const toDx = address(args, 3) - address(args, 0);
  const toDy = address(args, 2) - address(args, 1);
  memory.fill(address(args, 3) + <usize>first * rowBytes, 0, <usize>(last - first) * rowBytes);
  while (first < last) {
    const image = first / height;
    const begin = first - image * height;
    const end = min(height, last - image * height);
    const x = address(args, 0) + <usize>(image * height) * rowBytes;
    const firstLine = max(0, begin + above - windowHeight + down) / down;
    const lastLine = min(outHeight - 1, (end - 1 + above) / down);
    for (let line = firstLine; line <= lastLine; line++) {
      const row = line * down - above;
      const top = max(0, row);
      const bottom = min(height, row + windowHeight);
      let y = address(args, 1) + <usize>((image * outHeight + line) * outWidth) * pixelBytes;
      for (let outColumn = 0; outColumn < outWidth; outColumn++) {
        const column = outColumn * across - left;
        const start = max(0, column);
        const columns = min(width, column + windowWidth) - start;
        routeWindow(x + <usize>start * pixelBytes, y, toDx, toDy, pixelBytes, rowBytes, top, bottom, columns, begin, end);
        y += pixelBytes;
      }
    }
    first = image * height + end;
  }
}

function routeWindow(
  x: usize,
  y: usize,
  toDx: usize,
  toDy: usize,
  pixelBytes: usize,
  rowBytes: usize,
  top: i32,
  bottom: i32,
  columns: i32,
  begin: i32,
  end: i32,
): void {
  let i: usize = 0;
  for (; i + 16 <= pixelBytes; i += 16) {
    const most = v128.load(y + i);
    let rest = v128.load(y + toDy + i);
    for (let row = top; row < bottom; row++) {
      let at = x + i + <usize>row * rowBytes;
      const ours = row >= begin && row < end;
      for (let column = 0; column < columns; column++) {
        const smaller = f32x4.lt(v128.load(at), most);
        if (ours) v128.store(at + toDx, f32x4.add(v128.load(at + toDx), v128.andnot(rest, smaller)));
        rest = v128.and(rest, smaller);
        at += pixelBytes;
      }
    }
  }
  for (; i < pixelBytes; i += 4) {
    const most = load<f32>(y + i);
    let rest = load<f32>(y + toDy + i);
    for (let row = top; row < bottom; row++) {
      let at = x + i + <usize>row * rowBytes;
      const ours = row >= begin && row < end;
      for (let column = 0; column < columns; column++) {
        if (!(load<f32>(at) < most)) {
          if (ours) store<f32>(at + toDx, load<f32>(at + toDx) + rest);
          rest = 0;
        }
        at += pixelBytes;
      }
    }
  }
}
