// A job's arguments lie in memory as a row of doubles, which hold addresses, sizes and single-precision values alike.

// @ts-expect-error: decorator
@inline
export function address(args: usize, index: i32): usize {
  return <usize>load<f64>(args + (<usize>index << 3));
}

// @ts-expect-error: decorator
@inline
export function whole(args: usize, index: i32): i32 {
  return <i32>load<f64>(args + (<usize>index << 3));
}

// @ts-expect-error: decorator
@inline
export function real(args: usize, index: i32): f32 {
  return <f32>load<f64>(args + (<usize>index << 3));
}
