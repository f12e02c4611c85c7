import { createRandom, InputError } from "@em-stellar/core";

/** Ways to draw n units out of n, with repeats: what a bootstrap computes its statistic on. */
export interface Resamples {
  /** Number of units, n. */
  readonly units: number;
  /** Each draw as n indices of units, ascending. */
  readonly draws: readonly (readonly number[])[];
  /** How much each draw counts: 1 where drawn at random; where exact, the number of orders that it can come in. */
  readonly weights: readonly number[];
  /** Whether these are all draws that there are. */
  readonly exact: boolean;
}

export interface ResamplesOptions {
  /** Random draws. Where there are no more different draws than this, all of them are listed instead. */
  resamples: number;
  /** Of the random draws. */
  seed: number;
}

export const resamplesDefaults: ResamplesOptions = { resamples: 2000, seed: 1 };

/**
 * Draws of `units` units with replacement. Up to 7 units (by the default number) they are all listed, with their weights, so
 * that the bootstrap distribution is exact; beyond, drawn at random from the seed. Throws `InputError` without a unit.
 */
export function drawResamples(units: number, options: Partial<ResamplesOptions> = {}): Resamples {
  const { resamples, seed } = { ...resamplesDefaults, ...options };
  if (!Number.isInteger(units) || units < 1) {
    throw new InputError(`A bootstrap resamples at least one unit (image, group), but was given ${units}.`);
  }
  if (!Number.isInteger(resamples) || resamples < 100) {
    throw new InputError(`${resamples} resamples do not make an interval. Ask for at least 100; 2000 is usual.`);
  }
  if (differentDraws(units, resamples) <= resamples) {
    const draws = allDraws(units);
    return { units, draws, weights: draws.map(orders), exact: true };
  }
  const random = createRandom(seed);
  const draws = Array.from({ length: resamples }, () =>
    Array.from({ length: units }, () => random.integer(units)).sort((a, b) => a - b),
  );
  return { units, draws, weights: draws.map(() => 1), exact: false };
}

/** Number of multisets of n units out of n, (2n - 1 choose n); stops counting beyond `enough`. */
function differentDraws(n: number, enough: number): number {
  let count = 1;
  for (let k = 1; k <= n && count <= enough; k++) count = (count * (n - 1 + k)) / k;
  return count;
}

/** Every ascending list of n indices below n. */
function allDraws(n: number): number[][] {
  const draws: number[][] = [];
  const extend = (draw: number[]) => {
    if (draw.length === n) draws.push(draw);
    else for (let unit = draw.at(-1) ?? 0; unit < n; unit++) extend([...draw, unit]);
  };
  extend([]);
  return draws;
}

/** n! / (c1! c2! …) for units that occur c1, c2, … times. */
function orders(draw: readonly number[]): number {
  let count = 1;
  let repeats = 0;
  draw.forEach((unit, i) => {
    repeats = i > 0 && draw[i - 1] === unit ? repeats + 1 : 1;
    count = (count * (i + 1)) / repeats;
  });
  return count;
}
