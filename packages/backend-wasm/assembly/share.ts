// @ts-expect-error: decorator
/** Where part `part` of `parts` equal parts of `count` things begins; part + 1 says where it ends. */
@inline
export function startOf(part: i32, parts: i32, count: i32): i32 {
  return <i32>((<i64>count * part) / parts);
}
