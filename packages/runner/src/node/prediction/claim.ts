/** Whether this thread is the one that does what several were asked for: true for the first that asks, and for it alone. */
export function takes(taken: Int32Array, thread: number): boolean {
  return Atomics.compareExchange(taken, 0, 0, thread) === 0;
}
