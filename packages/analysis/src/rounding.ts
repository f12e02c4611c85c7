/** Whether two scores differ by no more than rounding: the mean of three equal numbers need not be that number to the last bit. */
export function isSame(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-12 * Math.max(Math.abs(a), Math.abs(b));
}
