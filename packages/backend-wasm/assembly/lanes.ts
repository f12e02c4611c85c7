// @ts-expect-error: decorator
/** Stores the first `lanes` (1 to 8) of eight floats. */
@inline
export function storeLanes(to: usize, low: v128, high: v128, lanes: i32): void {
  if (lanes == 8) {
    v128.store(to, low);
    v128.store(to, high, 16);
  } else storeFewerLanes(to, low, high, lanes);
}

function storeFewerLanes(to: usize, low: v128, high: v128, lanes: i32): void {
  let rest = low;
  if (lanes >= 4) {
    v128.store(to, low);
    to += 16;
    lanes -= 4;
    rest = high;
  }
  if (lanes > 0) v128.store_lane<f32>(to, rest, 0);
  if (lanes > 1) v128.store_lane<f32>(to, rest, 1, 4);
  if (lanes > 2) v128.store_lane<f32>(to, rest, 2, 8);
}
