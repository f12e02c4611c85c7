/**
 * How often losses stayed on a plateau: `patience` of them in a row without one below the lowest so far. Each plateau is
 * counted anew from its end. A loss that is not a number is no lower one.
 */
export function dropsOnPlateau(losses: readonly number[], patience: number): number {
  let lowest = Number.POSITIVE_INFINITY;
  let waited = 0;
  let plateaus = 0;
  for (const loss of losses) {
    if (loss < lowest) {
      lowest = loss;
      waited = 0;
    } else if (++waited === patience) {
      plateaus++;
      waited = 0;
    }
  }
  return plateaus;
}
