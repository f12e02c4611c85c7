// @ts-expect-error: decorators are how AssemblyScript is told to inline
/** a · b + c: rounded once with relaxed SIMD, twice without. */
@inline
export function fma(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
}

/** Zeros from an address to another; for short stretches, where `memory.fill` leaves WebAssembly for the engine's own code. */
export function fillZeros(from: usize, to: usize): void {
  const zero = f32x4.splat(0);
  for (; from + 16 <= to; from += 16) v128.store(from, zero);
  for (; from < to; from += 4) store<f32>(from, 0);
}
