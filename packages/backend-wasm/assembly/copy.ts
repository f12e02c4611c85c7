// @ts-expect-error: decorator
/** Copies a run of floats, as short as the channels of a pixel; memory.copy takes longer to begin than such a run takes. */
@inline
export function copyFloats(from: usize, to: usize, count: i32): void {
  const bytes = (<usize>count) << 2;
  let i: usize = 0;
  for (; i + 64 <= bytes; i += 64) {
    const first = v128.load(from + i);
    const second = v128.load(from + i, 16);
    const third = v128.load(from + i, 32);
    const fourth = v128.load(from + i, 48);
    v128.store(to + i, first);
    v128.store(to + i, second, 16);
    v128.store(to + i, third, 32);
    v128.store(to + i, fourth, 48);
  }
  for (; i + 16 <= bytes; i += 16) v128.store(to + i, v128.load(from + i));
  for (; i < bytes; i += 4) store<f32>(to + i, load<f32>(from + i));
}
