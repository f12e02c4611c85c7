/**
 * The transforms of Winograd's F(4×4, 3×3): 4×4 neighbouring outputs out of 6×6 inputs with 36 multiplications for 144, by
 *
 *     y = Aᵀ [(G g Gᵀ) ⊙ (Bᵀ x B)] A,    dg = Gᵀ [(A dy Aᵀ) ⊙ (Bᵀ x B)] G
 *
 * (winograd-tiles.ts has the smaller kind). The polynomials are evaluated at 0, ±3/4, ±3/2 and ∞: these numbers are exact in
 * binary, and lose a third to a tenth of the digits that the usual points 0, ±1, ±2 or ±1/2 and ∞ lose.
 *
 * Each function transforms values along one line, four channels at once; twice over, along columns and then along rows, they
 * transform a tile.
 */

import { fma } from "./simd";

// The points are ±a and ±b.
const a: f32 = 0.75;
const b: f32 = 1.5;
/** 1 / (2 a² (a² - b²)) and 1 / (2 b² (b² - a²)). */
const na: f32 = 1 / (2 * a * a * (a * a - b * b));
const nb: f32 = 1 / (2 * b * b * (b * b - a * a));

// @ts-expect-error: decorator
/** Bᵀ: six inputs to six. */
@inline
export function inputLine(from: usize, step: usize, to: usize, toStep: usize): void {
  const second = from + 2 * step;
  const fourth = second + 2 * step;
  const d1 = v128.load(from + step);
  const d2 = v128.load(second);
  const d3 = v128.load(second + step);
  const d4 = v128.load(fourth);
  const sum = f32x4.splat(-a * a - b * b);
  const square = f32x4.splat(a * a * b * b);
  const even1 = fma(d2, f32x4.splat(-b * b), d4);
  const odd1 = fma(d1, f32x4.splat(-b * b), d3);
  const even2 = fma(d2, f32x4.splat(-a * a), d4);
  const odd2 = fma(d1, f32x4.splat(-a * a), d3);
  const third = to + 2 * toStep;
  const fifth = third + 2 * toStep;
  v128.store(to, fma(v128.load(from), square, fma(d2, sum, d4)));
  v128.store(to + toStep, fma(odd1, f32x4.splat(a), even1));
  v128.store(third, fma(odd1, f32x4.splat(-a), even1));
  v128.store(third + toStep, fma(odd2, f32x4.splat(b), even2));
  v128.store(fifth, fma(odd2, f32x4.splat(-b), even2));
  v128.store(fifth + toStep, fma(d1, square, fma(d3, sum, v128.load(fourth + step))));
}

// @ts-expect-error: decorator
/** G: three taps to six. */
@inline
export function filterLine(from: usize, step: usize, to: usize, toStep: usize): void {
  const g0 = v128.load(from);
  const g1 = v128.load(from + step);
  const g2 = v128.load(from + 2 * step);
  const even1 = fma(g2, f32x4.splat(a * a * na), f32x4.mul(g0, f32x4.splat(na)));
  const odd1 = f32x4.mul(g1, f32x4.splat(a * na));
  const even2 = fma(g2, f32x4.splat(b * b * nb), f32x4.mul(g0, f32x4.splat(nb)));
  const odd2 = f32x4.mul(g1, f32x4.splat(b * nb));
  v128.store(to, f32x4.mul(g0, f32x4.splat(1 / (a * a * b * b))));
  v128.store(to + toStep, f32x4.add(even1, odd1));
  v128.store(to + 2 * toStep, f32x4.sub(even1, odd1));
  v128.store(to + 3 * toStep, f32x4.add(even2, odd2));
  v128.store(to + 4 * toStep, f32x4.sub(even2, odd2));
  v128.store(to + 5 * toStep, g2);
}

// @ts-expect-error: decorator
/** Aᵀ: six sums to four. */
@inline
export function sumLine(from: usize, step: usize, to: usize, toStep: usize): void {
  const second = from + 2 * step;
  const fourth = second + 2 * step;
  const m1 = v128.load(from + step);
  const m2 = v128.load(second);
  const m3 = v128.load(second + step);
  const m4 = v128.load(fourth);
  const sum1 = f32x4.add(m1, m2);
  const difference1 = f32x4.sub(m1, m2);
  const sum2 = f32x4.add(m3, m4);
  const difference2 = f32x4.sub(m3, m4);
  v128.store(to, f32x4.add(f32x4.add(v128.load(from), sum1), sum2));
  v128.store(to + toStep, fma(difference2, f32x4.splat(b), f32x4.mul(difference1, f32x4.splat(a))));
  v128.store(to + 2 * toStep, fma(sum2, f32x4.splat(b * b), f32x4.mul(sum1, f32x4.splat(a * a))));
  const last = fma(difference1, f32x4.splat(a * a * a), v128.load(fourth + step));
  v128.store(to + 3 * toStep, fma(difference2, f32x4.splat(b * b * b), last));
}

// @ts-expect-error: decorator
/** A: four dy to six. */
@inline
export function dyLine(from: usize, step: usize, to: usize, toStep: usize): void {
  const d0 = v128.load(from);
  const d1 = v128.load(from + step);
  const d2 = v128.load(from + 2 * step);
  const d3 = v128.load(from + 3 * step);
  const even1 = fma(d2, f32x4.splat(a * a), d0);
  const odd1 = fma(d3, f32x4.splat(a * a * a), f32x4.mul(d1, f32x4.splat(a)));
  const even2 = fma(d2, f32x4.splat(b * b), d0);
  const odd2 = fma(d3, f32x4.splat(b * b * b), f32x4.mul(d1, f32x4.splat(b)));
  v128.store(to, d0);
  v128.store(to + toStep, f32x4.add(even1, odd1));
  v128.store(to + 2 * toStep, f32x4.sub(even1, odd1));
  v128.store(to + 3 * toStep, f32x4.add(even2, odd2));
  v128.store(to + 4 * toStep, f32x4.sub(even2, odd2));
  v128.store(to + 5 * toStep, d3);
}

// @ts-expect-error: decorator
/** Gᵀ: six sums to three taps. */
@inline
export function tapLine(from: usize, step: usize, to: usize, toStep: usize): void {
  const m1 = v128.load(from + step);
  const m2 = v128.load(from + 2 * step);
  const m3 = v128.load(from + 3 * step);
  const m4 = v128.load(from + 4 * step);
  const even1 = f32x4.mul(f32x4.add(m1, m2), f32x4.splat(na));
  const odd1 = f32x4.mul(f32x4.sub(m1, m2), f32x4.splat(na));
  const even2 = f32x4.mul(f32x4.add(m3, m4), f32x4.splat(nb));
  const odd2 = f32x4.mul(f32x4.sub(m3, m4), f32x4.splat(nb));
  v128.store(to, f32x4.add(fma(v128.load(from), f32x4.splat(1 / (a * a * b * b)), even1), even2));
  v128.store(to + toStep, fma(odd2, f32x4.splat(b), f32x4.mul(odd1, f32x4.splat(a))));
  const squares = fma(even2, f32x4.splat(b * b), f32x4.mul(even1, f32x4.splat(a * a)));
  v128.store(to + 2 * toStep, f32x4.add(squares, v128.load(from + 5 * step)));
}
