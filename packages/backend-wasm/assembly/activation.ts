/** What follows a normalization, or stands alone. The numbers are those of `Activation` in src/wasm/compiled/activation.ts. */
export const enum Activation {
  linear = 0,
  relu = 1,
  /** A slope below and at 0, and one above. */
  prelu = 2,
  /** A slope below 0, and one above; nothing at 0. */
  tlu = 3,
}

// The kind is a constant wherever these are called, so that what it does not need falls away.

// @ts-expect-error: decorator
@inline
export function activate(value: v128, kind: Activation, below: v128, above: v128): v128 {
  const zero = f32x4.splat(0);
  if (kind == Activation.linear) return value;
  if (kind == Activation.relu) return f32x4.pmax(value, zero);
  return f32x4.add(f32x4.mul(f32x4.pmax(value, zero), above), f32x4.mul(f32x4.pmin(value, zero), below));
}

// @ts-expect-error: decorator
/** What of `gradient` belongs to values above 0. */
@inline
export function partAbove(gradient: v128, value: v128, kind: Activation): v128 {
  return kind == Activation.linear ? gradient : v128.and(gradient, f32x4.gt(value, f32x4.splat(0)));
}

// @ts-expect-error: decorator
/** What of `gradient` belongs to values below 0. */
@inline
export function partBelow(gradient: v128, value: v128, kind: Activation): v128 {
  const zero = f32x4.splat(0);
  return v128.and(gradient, kind == Activation.tlu ? f32x4.lt(value, zero) : f32x4.le(value, zero));
}

// @ts-expect-error: decorator
@inline
export function activateOne(value: f32, kind: Activation, below: f32, above: f32): f32 {
  if (kind == Activation.linear) return value;
  const positive: f32 = value < 0 ? 0 : value;
  if (kind == Activation.relu) return positive;
  const negative: f32 = value > 0 ? 0 : value;
  return positive * above + negative * below;
}

// @ts-expect-error: decorator
@inline
export function isAbove(value: f32, kind: Activation): bool {
  return kind == Activation.linear || value > 0;
}

// @ts-expect-error: decorator
@inline
export function isBelow(value: f32, kind: Activation): bool {
  return kind == Activation.tlu ? value < 0 : kind == Activation.prelu ? value <= 0 : false;
}
