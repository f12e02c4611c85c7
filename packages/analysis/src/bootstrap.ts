import type { Resamples } from "./resamples.js";

/** A score of units, given as indices with repeats; `undefined` where it is not defined on them. */
export type Statistic = (units: readonly number[]) => number | undefined;

/** A statistic on all units, on each resample, and on all units but one. */
export interface Bootstrap {
  readonly resamples: Resamples;
  readonly estimate: number | undefined;
  /** One value for each draw. */
  readonly values: readonly (number | undefined)[];
  /** One value for each unit left out; empty with one unit. */
  readonly jackknife: readonly (number | undefined)[];
}

/** Computes a statistic on every resample. Statistics of the same resamples can be subtracted and ranked draw by draw. */
export function bootstrap(resamples: Resamples, statistic: Statistic): Bootstrap {
  const all = Array.from({ length: resamples.units }, (_, unit) => unit);
  return {
    resamples,
    estimate: statistic(all),
    values: resamples.draws.map(statistic),
    jackknife: resamples.units === 1 ? [] : all.map((left) => statistic(all.filter((unit) => unit !== left))),
  };
}
