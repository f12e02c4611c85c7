import { InputError, type Metric } from "@em-stellar/core";
import type { Interval } from "./bca-interval.js";
import { bootstrapInterval } from "./bootstrap-interval.js";
import { type FriedmanResult, friedman } from "./friedman.js";
import { holm } from "./holm.js";
import { averageRanks } from "./ranks.js";
import { smallestP, wilcoxonSignedRank } from "./wilcoxon.js";

/** The scores of several methods on several data sets. */
export interface ScoreTable {
  readonly methods: readonly string[];
  /** One row for each data set, one score for each method. */
  readonly scores: readonly (readonly number[])[];
  readonly goal: Metric["goal"];
}

/** What a critical-difference diagram shows. */
export interface CriticalDifference {
  /** Methods from the best mean rank to the worst. */
  readonly methods: readonly {
    readonly name: string;
    readonly meanRank: number;
    /** Of the mean rank, by a bootstrap over data sets; undefined where these do not carry one. */
    readonly interval: Interval | undefined;
  }[];
  /** Places in `methods`, first and last, of the longest runs of neighbours in which no two differ significantly. */
  readonly cliques: readonly (readonly [first: number, last: number])[];
  /** Friedman's test of whether there is any difference; undefined for two methods. */
  readonly friedman: Omit<FriedmanResult, "meanRanks"> | undefined;
  /** Every two methods, by their names: the better mean rank first. */
  readonly pairs: readonly {
    readonly names: readonly [string, string];
    readonly p: number;
    readonly adjusted: number;
  }[];
  readonly dataSets: number;
  /** The fewest data sets on which any of these pairs could differ significantly. */
  readonly needed: number;
}

/**
 * Compares methods over data sets: mean ranks, Friedman's test, and Wilcoxon's signed-rank test for every two methods with
 * Holm's correction. This is Demšar's (2006, JMLR 7, 1-30) diagram with the pairwise tests of Benavoli, Corani & Mangili
 * (2016, JMLR 17(5), 1-10): the critical difference of Nemenyi's test depends on mean ranks, so whether two methods
 * differ would hang on which others were run beside them.
 *
 * Where Friedman's test finds no difference (Iman & Davenport's p above `1 - level`), or data sets are too few, all methods are one clique.
 * Throws `InputError` for fewer than two methods or data sets.
 */
export function criticalDifference({ methods, scores, goal }: ScoreTable, level = 0.95): CriticalDifference {
  if (methods.length < 2 || scores.length < 2 || scores.some((row) => row.length !== methods.length)) {
    throw new InputError(
      `A comparison over data sets takes at least 2 methods and at least 2 data sets with a score of each method, but was given ${methods.length} methods and rows of ${scores.map((row) => row.length).join(", ") || "nothing"}.`,
    );
  }
  const alpha = 1 - level;
  const ranks = scores.map((row) => averageRanks(row, goal));
  const meanRanks = methods.map((_, i) => ranks.reduce((sum, row) => sum + (row[i] as number), 0) / scores.length);
  const order = methods.map((_, i) => i).sort((a, b) => (meanRanks[a] as number) - (meanRanks[b] as number));
  const column = (place: number) => scores.map((row) => row[order[place] as number] as number);
  const places = order.flatMap((_, a) => order.slice(a + 1).map((_, k) => [a, a + 1 + k] as const));
  const p = places.map(([a, b]) => wilcoxonSignedRank(column(a), column(b)).p);
  const adjusted = holm(p);
  const overall = methods.length > 2 ? friedman(scores, goal) : undefined;
  const anyDifference = !overall || overall.imanDavenport <= alpha;
  const apart = (a: number, b: number) => {
    const pair = places.findIndex(([first, second]) => first === a && second === b);
    return anyDifference && (adjusted[pair] as number) <= alpha;
  };
  const name = (place: number) => methods[order[place] as number] as string;
  return {
    methods: order.map((i, place) => ({
      name: name(place),
      meanRank: meanRanks[i] as number,
      interval: intervalOf(
        ranks.map((row) => row[i] as number),
        level,
      ),
    })),
    cliques: cliquesOf(methods.length, apart),
    friedman: overall && { statistic: overall.statistic, p: overall.p, imanDavenport: overall.imanDavenport },
    pairs: places.map(([a, b], i) => ({
      names: [name(a), name(b)],
      p: p[i] as number,
      adjusted: adjusted[i] as number,
    })),
    dataSets: scores.length,
    needed: neededUnits(places.length, alpha),
  };
}

function intervalOf(ranks: readonly number[], level: number): Interval | undefined {
  const mean = (places: readonly number[]) =>
    places.reduce((sum, place) => sum + (ranks[place] as number), 0) / places.length;
  const result = bootstrapInterval(ranks.length, mean, { level });
  return result.low === undefined ? undefined : result;
}

/** The fewest units on which the signed-rank test can reach `alpha` after a correction for so many comparisons. */
export function neededUnits(comparisons: number, alpha: number): number {
  let units = 1;
  while (comparisons * smallestP(units) > alpha) units++;
  return units;
}

/** The longest runs of neighbours, of two or more, in which no two are apart. */
function cliquesOf(count: number, apart: (a: number, b: number) => boolean): [number, number][] {
  const cliques: [number, number][] = [];
  let reached = -1; // the last place that a clique found before covers
  for (let first = 0; first < count; first++) {
    let last = first;
    const joins = (next: number) => {
      for (let place = first; place < next; place++) if (apart(place, next)) return false;
      return true;
    };
    while (last + 1 < count && joins(last + 1)) last++;
    if (last > first && last > reached) {
      cliques.push([first, last]);
      reached = last;
    }
  }
  return cliques;
}
