import { fma } from "./simd";

// @ts-expect-error: decorator
/**
 * Natural logarithm of normal positive numbers, right but for the last bit; of anything else the result has no meaning. The
 * number is m · 2^k with m between √½ and √2, and ln m comes from s = f / (2 + f) with f = m - 1, as in FreeBSD's logf.
 */
@inline
export function logarithm(x: v128): v128 {
  const exponent = i32x4.shr_s(i32x4.sub(x, i32x4.splat(0x3f3504f3)), 23);
  const mantissa = i32x4.sub(x, i32x4.shl(exponent, 23));
  const k = f32x4.convert_i32x4_s(exponent);
  const f = f32x4.sub(mantissa, f32x4.splat(1));
  const s = f32x4.div(f, f32x4.add(f, f32x4.splat(2)));
  const z = f32x4.mul(s, s);
  const w = f32x4.mul(z, z);
  const odd = f32x4.mul(w, fma(w, f32x4.splat(0.24279078841), f32x4.splat(0.40000972152)));
  const even = f32x4.mul(z, fma(w, f32x4.splat(0.28498786688), f32x4.splat(0.66666662693)));
  const half = f32x4.mul(f32x4.mul(f, f), f32x4.splat(0.5));
  const small = fma(s, f32x4.add(half, f32x4.add(odd, even)), f32x4.mul(k, f32x4.splat(9.0580006145e-6)));
  return f32x4.add(f32x4.add(f32x4.sub(small, half), f), f32x4.mul(k, f32x4.splat(0.69313812256)));
}

// @ts-expect-error: decorator
/**
 * e to the power of numbers up to 0, within 2 units of the last place; below -87 that of -87. x is n · ln 2 + r, and e^r a
 * polynomial as in Cephes' expf.
 */
@inline
export function exponential(x: v128): v128 {
  const held = f32x4.pmax(x, f32x4.splat(-87));
  const n = f32x4.nearest(f32x4.mul(held, f32x4.splat(1.44269504089)));
  const r = fma(n, f32x4.splat(2.12194440e-4), fma(n, f32x4.splat(-0.693359375), held));
  let p = fma(r, f32x4.splat(1.9875691500e-4), f32x4.splat(1.3981999507e-3));
  p = fma(p, r, f32x4.splat(8.3334519073e-3));
  p = fma(p, r, f32x4.splat(4.1665795894e-2));
  p = fma(p, r, f32x4.splat(1.6666665459e-1));
  p = fma(p, r, f32x4.splat(5.0000001201e-1));
  const power = f32x4.add(fma(f32x4.mul(r, r), p, r), f32x4.splat(1));
  const scale = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return f32x4.mul(power, scale);
}
