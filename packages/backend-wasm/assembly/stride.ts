// @ts-expect-error: decorator
/** Bytes from one transformed position to the next: an odd number of cache lines, so that positions do not share the same few sets of the cache. */
@inline
export function strideOf(bytes: usize): usize {
  return ((bytes + 63) & ~63) | 64;
}

// @ts-expect-error: decorator
/** Whole cache lines. */
@inline
export function roundUp(bytes: usize): usize {
  return (bytes + 63) & ~63;
}
