import { InputError } from "@em-stellar/core";

/**
 * Holm's step-down correction: p-values, in the order given, such that calling those at most α different keeps the chance
 * of any wrong call below α (Holm 1979, Scandinavian Journal of Statistics 6, 65-70). Throws `InputError` for what is no
 * p-value.
 */
export function holm(pValues: readonly number[]): number[] {
  for (const p of pValues) {
    if (!(p >= 0 && p <= 1)) throw new InputError(`A p-value lies between 0 and 1, but one given is ${p}.`);
  }
  const order = pValues.map((_, i) => i).sort((a, b) => (pValues[a] as number) - (pValues[b] as number));
  const adjusted = pValues.map(() => 1);
  let highest = 0;
  order.forEach((i, place) => {
    highest = Math.max(highest, Math.min(1, (pValues.length - place) * (pValues[i] as number)));
    adjusted[i] = highest;
  });
  return adjusted;
}
