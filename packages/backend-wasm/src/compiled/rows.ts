/** Floats in a row of whole pixels, as in assembly/rows.ts, which says what rows are for. */
export function rowOf(channels: number): number {
  const power = channels & -channels;
  return power >= 16 ? channels : channels * (16 / power);
}
