/**
 * Winograd's convolution F(2×2, 3×3) (Lavin and Gray 2016, Fast algorithms for convolutional neural networks, §4.1): a filter
 * of 3×3 taps makes 2×2 neighbouring outputs out of 4×4 inputs with 16 multiplications for 36,
 *
 *     y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ x B)] A,    dg = Gᵀ [(A dy Aᵀ) ⊙ (Bᵀ x B)] G,
 *
 * of which the ⊙, summed over channels or outputs, is a matrix product for each of the 16 positions. The sums in B and A
 * have factors of 1 alone, so that little accuracy is lost.
 *
 * This file finds the tiles of images and transforms them. Transformed tiles lie as [position][channel / 4][tile][4].
 */

import { fillZeros } from "./simd";

// @ts-expect-error: decorator
/** Four times four values, with these steps between them: `d` as Bᵀ d B, four channels at once. */
@inline
export function transformInput(from: usize, row: usize, pixel: usize, to: usize, position: usize): void {
  const second = from + row;
  const third = second + row;
  const fourth = third + row;
  const b0 = v128.load(second);
  const b1 = v128.load(second + pixel);
  const b2 = v128.load(second + 2 * pixel);
  const b3 = v128.load(second + 3 * pixel);
  const c0 = v128.load(third);
  const c1 = v128.load(third + pixel);
  const c2 = v128.load(third + 2 * pixel);
  const c3 = v128.load(third + 3 * pixel);
  differences(
    f32x4.sub(v128.load(from), c0),
    f32x4.sub(v128.load(from + pixel), c1),
    f32x4.sub(v128.load(from + 2 * pixel), c2),
    f32x4.sub(v128.load(from + 3 * pixel), c3),
    to,
    position,
  );
  differences(
    f32x4.add(b0, c0),
    f32x4.add(b1, c1),
    f32x4.add(b2, c2),
    f32x4.add(b3, c3),
    to + 4 * position,
    position,
  );
  differences(
    f32x4.sub(c0, b0),
    f32x4.sub(c1, b1),
    f32x4.sub(c2, b2),
    f32x4.sub(c3, b3),
    to + 8 * position,
    position,
  );
  differences(
    f32x4.sub(b0, v128.load(fourth)),
    f32x4.sub(b1, v128.load(fourth + pixel)),
    f32x4.sub(b2, v128.load(fourth + 2 * pixel)),
    f32x4.sub(b3, v128.load(fourth + 3 * pixel)),
    to + 12 * position,
    position,
  );
}

// @ts-expect-error: decorator
@inline
function differences(a: v128, b: v128, c: v128, d: v128, to: usize, position: usize): void {
  v128.store(to, f32x4.sub(a, c));
  v128.store(to + position, f32x4.add(b, c));
  v128.store(to + 2 * position, f32x4.sub(c, b));
  v128.store(to + 3 * position, f32x4.sub(b, d));
}


/**
 * `rows` × `columns` pixels of an image from (y, x) on, which may lie partly outside of it: where they lie in the image, or
 * else a copy of them at `copy`, with zeros for what is outside.
 */
export function pixelsAt(
  image: usize,
  height: i32,
  width: i32,
  pixel: usize,
  y: i32,
  x: i32,
  side: i32,
  copy: usize,
): usize {
  const row = <usize>width * pixel;
  if (y >= 0 && x >= 0 && y + side <= height && x + side <= width) {
    return image + <usize>y * row + <usize>x * pixel;
  }
  fillZeros(copy, copy + <usize>(side * side) * pixel);
  const first = max(0, -x);
  const last = min(side, width - x);
  if (last <= first) return copy;
  for (let i = max(0, -y); i < min(side, height - y); i++) {
    const from = image + <usize>(y + i) * row + <usize>(x + first) * pixel;
    memory.copy(copy + <usize>(i * side + first) * pixel, from, <usize>(last - first) * pixel);
  }
  return copy;
}
