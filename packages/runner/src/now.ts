// The clock exists in Node, browsers and workers alike, but in none of the ES libraries.
declare const performance: { now(): number };

/** Seconds on a clock that never goes back. */
export function now(): number {
  return performance.now() / 1000;
}
