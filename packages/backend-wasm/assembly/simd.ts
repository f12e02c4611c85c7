// @ts-expect-error: decorators are how AssemblyScript is told to inline
/** a · b + c: rounded once with relaxed SIMD, twice without. */
@inline
export function fma(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
}

// @ts-expect-error: decorator
/** One float at `address + offset`, four times. */
@inline
export function splat(address: usize, offset: usize = 0): v128 {
  return v128.load32_splat(address, offset);
}

// @ts-expect-error: decorator
/** The sum of four lanes. */
@inline
export function sumOfLanes(v: v128): f32 {
  return (
    f32x4.extract_lane(v, 0) + f32x4.extract_lane(v, 1) + (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3))
  );
}

/** Zeros from an address to another; for short stretches, where `memory.fill` leaves WebAssembly for the engine's own code. */
export function fillZeros(from: usize, to: usize): void {
  const zero = f32x4.splat(0);
  for (; from + 16 <= to; from += 16) v128.store(from, zero);
  for (; from < to; from += 4) store<f32>(from, 0);
}
