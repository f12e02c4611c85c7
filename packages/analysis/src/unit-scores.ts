import { finishedRuns, type Metric, type MetricParts, type ScoredMethod, type ScoredRun } from "@em-stellar/core";
import type { Statistic } from "./bootstrap.js";
import type { Units } from "./units.js";

/** One method's scores by one metric, as statistics need them. */
export interface UnitScores {
  readonly method: string;
  /** The score on each unit, the mean over runs. */
  readonly values: readonly (number | undefined)[];
  /** The score on any choice of units. */
  readonly statistic: Statistic;
}

/** The scores of every method that has per-image scores, and whether a choice of units is pooled or averaged. */
interface ScoresOfUnits {
  readonly resampled: "pooled score" | "mean over units";
  readonly methods: readonly UnitScores[];
}

/**
 * Scores by one metric for any choice of units, each the mean over a method's finished runs (folds × seeds). Where the
 * metric has `fromParts` and every run kept its parts, the choice is pooled again from them, as the scores in the ranking
 * are; otherwise (areas under curves) the scores of the units are averaged.
 */
export function unitScores(
  methods: readonly ScoredMethod[],
  metric: Pick<Metric, "id" | "fromParts">,
  units: Units,
): ScoresOfUnits {
  const scored = methods
    .map((method) => ({ name: method.name, runs: finishedRuns(method).filter(({ perImage }) => perImage[0]) }))
    .filter(({ runs }) => runs.length > 0);
  const { id, fromParts } = metric;
  const parts = fromParts && scored.map(({ runs }) => runs.map((run) => partsOfUnits(run, id, units)));
  if (fromParts && parts && isComplete(parts)) {
    return {
      resampled: "pooled score",
      methods: scored.map(({ name }, i) => {
        const statistic = pooled(parts[i] as MetricParts[][], fromParts); // one for each method
        return { method: name, statistic, values: units.images.map((_, unit) => statistic([unit])) };
      }),
    };
  }
  return {
    resampled: "mean over units",
    methods: scored.map(({ name, runs }) => {
      const byImage = runs.map(
        (run) => new Map(run.perImage.map(({ image, values }) => [image, values[id] ?? undefined])),
      );
      const values = units.images.map((images) =>
        mean(byImage.map((scores) => mean(images.map((image) => scores.get(image))))),
      );
      return {
        method: name,
        values,
        statistic: (chosen: readonly number[]) => mean(chosen.map((unit) => values[unit])),
      };
    }),
  };
}

/** The parts of each unit, added up over its images; undefined where an image has none. */
function partsOfUnits(run: ScoredRun, metric: string, units: Units): (MetricParts | undefined)[] {
  const byImage = new Map(run.perImage.map(({ image, parts }) => [image, parts?.[metric]]));
  return units.images.map((images) => {
    const sums: Record<string, number> = {};
    for (const image of images) {
      const parts = byImage.get(image);
      if (!parts) return undefined;
      addTo(sums, parts);
    }
    return sums;
  });
}

function isComplete(parts: readonly (readonly (MetricParts | undefined)[])[][]): parts is MetricParts[][][] {
  return parts.every((runs) => runs.every((units) => units.every((unit) => unit !== undefined)));
}

/** The mean over runs of the score pooled over the units chosen. */
function pooled(
  runs: readonly (readonly MetricParts[])[],
  fromParts: (sums: MetricParts) => number | undefined,
): Statistic {
  const names = [...new Set(runs.flatMap((units) => units.flatMap(Object.keys)))];
  // One row of numbers for each unit: thousands of resamples add them up.
  const tables = runs.map((units) =>
    Float64Array.from(units.flatMap((parts) => names.map((name) => parts[name] ?? 0))),
  );
  const columns = names.length;
  return (chosen) => {
    const scores: (number | undefined)[] = [];
    for (const table of tables) {
      const sums = new Float64Array(columns);
      for (const unit of chosen) {
        for (let column = 0, at = unit * columns; column < columns; column++, at++) {
          sums[column] = (sums[column] as number) + (table[at] as number);
        }
      }
      const parts: Record<string, number> = {};
      for (let column = 0; column < columns; column++) parts[names[column] as string] = sums[column] as number;
      scores.push(fromParts(parts));
    }
    return mean(scores);
  };
}

function addTo(sums: Record<string, number>, parts: MetricParts): void {
  for (const name in parts) sums[name] = (sums[name] ?? 0) + (parts[name] as number); // a name of parts itself
}

/** The mean of what is defined; undefined where nothing is. */
function mean(values: readonly (number | undefined)[]): number | undefined {
  let [sum, count] = [0, 0];
  for (const value of values) {
    if (value === undefined) continue;
    sum += value;
    count++;
  }
  return count === 0 ? undefined : sum / count;
}
