import { address, whole } from "./argument";
import { floatBytes } from "./rows";
import { startOf } from "./share";

// Windows of 2×2 side by side, and for each the place of its largest value: 0 top left, 1 top right, 2 bottom left, 3 bottom
// right. A part takes rows of windows.

/**
 * Max pooling that says where each maximum was, the first of equal ones.
 * `places`: whole numbers of 32 bits; `rows`: of windows, of all images; `columns`: windows in a row.
 * @args x maxima places rows columns channels
 */
export function maxPoolWithIndices(args: usize, part: i32, parts: i32): void {
  const pixelBytes = floatBytes(whole(args, 5));
  const lineBytes = <usize>whole(args, 4) * pixelBytes;
  const rowBytes = lineBytes << 1;
  const first = <usize>startOf(part, parts, whole(args, 3));
  const last = <usize>startOf(part + 1, parts, whole(args, 3));
  let x = address(args, 0) + first * (rowBytes << 1);
  let to = address(args, 1) + first * lineBytes;
  const toPlaces = address(args, 2) - address(args, 1);
  for (let line = first; line < last; line++) {
    const end = x + rowBytes;
    while (x < end) {
      const right = x + pixelBytes;
      const below = x + rowBytes;
      const diagonal = below + pixelBytes;
      let i: usize = 0;
      for (; i + 16 <= pixelBytes; i += 16) {
        let most = v128.load(x + i);
        let other = v128.load(right + i);
        let larger = f32x4.gt(other, most);
        most = v128.bitselect(other, most, larger);
        let place = v128.and(i32x4.splat(1), larger);
        other = v128.load(below + i);
        larger = f32x4.gt(other, most);
        most = v128.bitselect(other, most, larger);
        place = v128.bitselect(i32x4.splat(2), place, larger);
        other = v128.load(diagonal + i);
        larger = f32x4.gt(other, most);
        v128.store(to + i, v128.bitselect(other, most, larger));
        v128.store(to + toPlaces + i, v128.bitselect(i32x4.splat(3), place, larger));
      }
      for (; i < pixelBytes; i += 4) {
        let most = load<f32>(x + i);
        let place = 0;
        if (load<f32>(right + i) > most) {
          most = load<f32>(right + i);
          place = 1;
        }
        if (load<f32>(below + i) > most) {
          most = load<f32>(below + i);
          place = 2;
        }
        if (load<f32>(diagonal + i) > most) {
          most = load<f32>(diagonal + i);
          place = 3;
        }
        store<f32>(to + i, most);
        store<i32>(to + toPlaces + i, place);
      }
      x += pixelBytes << 1;
      to += pixelBytes;
    }
    x += rowBytes;
  }
}

/**
 * Puts values back to such places, zeros elsewhere.
 * @args values places y rows columns channels
 */
export function maxUnpool(args: usize, part: i32, parts: i32): void {
  const pixelBytes = floatBytes(whole(args, 5));
  const lineBytes = <usize>whole(args, 4) * pixelBytes;
  const rowBytes = lineBytes << 1;
  const first = <usize>startOf(part, parts, whole(args, 3));
  const last = <usize>startOf(part + 1, parts, whole(args, 3));
  let from = address(args, 0) + first * lineBytes;
  const toPlaces = address(args, 1) - address(args, 0);
  let y = address(args, 2) + first * (rowBytes << 1);
  for (let line = first; line < last; line++) {
    const end = y + rowBytes;
    while (y < end) {
      const right = y + pixelBytes;
      const below = y + rowBytes;
      const diagonal = below + pixelBytes;
      let i: usize = 0;
      for (; i + 16 <= pixelBytes; i += 16) {
        const value = v128.load(from + i);
        const place = v128.load(from + toPlaces + i);
        v128.store(y + i, v128.and(value, i32x4.eq(place, i32x4.splat(0))));
        v128.store(right + i, v128.and(value, i32x4.eq(place, i32x4.splat(1))));
        v128.store(below + i, v128.and(value, i32x4.eq(place, i32x4.splat(2))));
        v128.store(diagonal + i, v128.and(value, i32x4.eq(place, i32x4.splat(3))));
      }
      for (; i < pixelBytes; i += 4) {
        const value = load<f32>(from + i);
        const place = load<i32>(from + toPlaces + i);
        store<f32>(y + i, place == 0 ? value : 0);
        store<f32>(right + i, place == 1 ? value : 0);
        store<f32>(below + i, place == 2 ? value : 0);
        store<f32>(diagonal + i, place == 3 ? value : 0);
      }
      y += pixelBytes << 1;
      from += pixelBytes;
    }
    y += rowBytes;
  }
}

/**
 * Its gradient, the values at such places.
 * @args dy places dx rows columns channels
 */
export function maxUnpoolGrad(args: usize, part: i32, parts: i32): void {
  const pixelBytes = floatBytes(whole(args, 5));
  const lineBytes = <usize>whole(args, 4) * pixelBytes;
  const rowBytes = lineBytes << 1;
  const first = <usize>startOf(part, parts, whole(args, 3));
  const last = <usize>startOf(part + 1, parts, whole(args, 3));
  let dy = address(args, 0) + first * (rowBytes << 1);
  let places = address(args, 1) + first * lineBytes;
  const toDx = address(args, 2) - address(args, 1);
  for (let line = first; line < last; line++) {
    const end = dy + rowBytes;
    while (dy < end) {
      const right = dy + pixelBytes;
      const below = dy + rowBytes;
      const diagonal = below + pixelBytes;
      let i: usize = 0;
      for (; i + 16 <= pixelBytes; i += 16) {
        const place = v128.load(places + i);
        const isRight = i32x4.eq(place, i32x4.splat(1));
        const isBelow = i32x4.eq(place, i32x4.splat(2));
        const isDiagonal = i32x4.eq(place, i32x4.splat(3));
        let value = v128.bitselect(v128.load(right + i), v128.load(dy + i), isRight);
        value = v128.bitselect(v128.load(below + i), value, isBelow);
        v128.store(places + toDx + i, v128.bitselect(v128.load(diagonal + i), value, isDiagonal));
      }
      for (; i < pixelBytes; i += 4) {
        const place = load<i32>(places + i);
        const corner = place == 0 ? dy : place == 1 ? right : place == 2 ? below : diagonal;
        store<f32>(places + toDx + i, load<f32>(corner + i));
      }
      dy += pixelBytes << 1;
      places += pixelBytes;
    }
    dy += rowBytes;
  }
}
