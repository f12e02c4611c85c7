import { criticalDifference, overDataSets } from "@em-stellar/analysis";
import { InputError, type MetricRecord, methodScore } from "@em-stellar/core";
import type { MethodComparison } from "@em-stellar/report";
import { comparisonNotes } from "./comparison-notes.js";
import type { NamedBoard } from "./named-board.js";

/**
 * Compares the methods that several runs have in common, by name, each run on a data set of its own. By the metric that
 * all of them rank by, unless one is named. Throws `InputError` where runs share their images, or have fewer than two
 * methods or no metric in common.
 */
export function compareResults(runs: readonly NamedBoard[], chosen?: string): MethodComparison {
  if (runs.length < 2)
    throw new InputError("A comparison needs the folders of at least two runs on different data sets.");
  requireDistinctData(runs);
  const id = chosen ?? commonRanking(runs);
  const records = runs.map((run) => recordOf(run, id));
  const metric = records.find(({ words }) => words) ?? (records[0] as MetricRecord); // there are two runs at least
  const { goal } = metric;
  if (records.some((record) => record.goal !== goal))
    throw new InputError(`The runs disagree on whether a high or a low "${id}" is good.`);

  const scored = runs.map(({ board }) => {
    const scores = board.methods.flatMap((method): [string, number][] => {
      const score = methodScore(method, id);
      return score && score.undefinedRuns === 0 ? [[method.name, score.mean]] : [];
    });
    return new Map(scores);
  });
  const all = [...new Set(scored.flatMap((scores) => [...scores.keys()]))];
  const common = all.filter((name) => scored.every((scores) => scores.has(name)));
  if (common.length < 2) {
    throw new InputError(
      `The runs have ${common.length === 0 ? "no method" : `only ${common[0]}`} with a score by "${id}" in common. Methods are matched by name: ${runs
        .map(({ name }, i) => `${name} has ${[...(scored[i] ?? [])].map(([method]) => method).join(", ") || "none"}`)
        .join("; ")}.`,
    );
  }
  const scores = scored.map((of) => common.map((name) => of.get(name) as number)); // common to all
  const difference = criticalDifference({ methods: common, scores, goal });
  return {
    metric,
    dataSets: runs.map(({ name, board }) => ({ name, images: board.images.length })),
    methods: difference.methods.map(({ name, meanRank, interval }) => ({
      name,
      meanRank,
      ...(interval && { interval }),
      scores: scores.map((row) => row[common.indexOf(name)] as number), // one for each method
    })),
    cliques: difference.cliques,
    pairs: difference.pairs,
    sentence: overDataSets(difference),
    notes: comparisonNotes(runs, all, common),
    finished: runs
      .map(({ board }) => board.finished)
      .sort()
      .at(-1) as string, // there are two runs at least
  };
}

function requireDistinctData(runs: readonly NamedBoard[]): void {
  const seen = new Map<string, string>();
  for (const { name, board } of runs) {
    const other = seen.get(board.dataHash);
    if (other !== undefined) {
      throw new InputError(`${other} and ${name} are runs on the same images. Name only one run for each data set.`);
    }
    seen.set(board.dataHash, name);
  }
}

function commonRanking(runs: readonly NamedBoard[]): string {
  const metrics = [...new Set(runs.map(({ board }) => board.rankedBy))];
  if (metrics.length > 1) {
    throw new InputError(
      `The runs rank by different metrics (${runs.map(({ name, board }) => `${name} by ${board.rankedBy}`).join(", ")}). Choose one with \`metric\`.`,
    );
  }
  return metrics[0] as string; // there are two runs at least
}

function recordOf({ name, board }: NamedBoard, metric: string): MetricRecord {
  const found = board.metrics.find(({ id }) => id === metric);
  if (found) return found;
  throw new InputError(
    `${name} was not scored by "${metric}". It has: ${board.metrics.map(({ id }) => id).join(", ")}.`,
  );
}
