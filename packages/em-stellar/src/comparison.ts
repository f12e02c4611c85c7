import { criticalDifference, overDataSets } from "@em-stellar/analysis";
import { InputError, type MetricRecord, methodScore, type Scoreboard } from "@em-stellar/core";
import type { MethodComparison } from "@em-stellar/report";

/** The scoreboard of one data set, and what to call it. */
export interface NamedBoard {
  readonly name: string;
  readonly board: Scoreboard;
}

/**
 * Compares the methods that several runs have in common, by name, each run on a data set of its own. By the metric that
 * all of them rank by, unless one is named. Throws `InputError` where runs share their images, or have fewer than two
 * methods or no metric in common.
 */
export function compareResults(runs: readonly NamedBoard[], chosen?: string): MethodComparison {
  if (runs.length < 2)
    throw new InputError("A comparison takes the folders of at least two runs, each on a data set of its own.");
  requireDistinctData(runs);
  const id = chosen ?? commonRanking(runs);
  const records = runs.map((run) => recordOf(run, id));
  const metric = records.find(({ words }) => words) ?? (records[0] as MetricRecord); // there are two runs at least
  const { goal } = metric;
  if (records.some((record) => record.goal !== goal))
    throw new InputError(`The runs do not agree on whether a high or a low "${id}" is good.`);

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
    methods: difference.methods.map(({ name, meanRank }) => ({
      name,
      meanRank,
      scores: scores.map((row) => row[common.indexOf(name)] as number), // one for each method
    })),
    cliques: difference.cliques,
    pairs: difference.pairs,
    sentence: overDataSets(difference),
    notes: [...notesOnMissing(all, common), ...notesOnOptions(runs, common)],
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
      throw new InputError(
        `${other} and ${name} are runs on the same images. Over data sets, each counts once: name one run of each data set.`,
      );
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

function notesOnMissing(all: readonly string[], common: readonly string[]): string[] {
  const missing = all.filter((name) => !common.includes(name));
  return missing.length === 0 ? [] : [`Left out, because not every run has a score of them: ${missing.join(", ")}.`];
}

/** Methods of one name that are not the same: a network of another width is another network. */
function notesOnOptions(runs: readonly NamedBoard[], common: readonly string[]): string[] {
  const differing = common.filter((name) => {
    const made = runs.map(({ board }) =>
      board.methods
        .find((method) => method.name === name)
        ?.components?.map(({ kind, id, options }) => ({ kind, id, options })),
    );
    return new Set(made.map((components) => JSON.stringify(components))).size > 1;
  });
  return differing.length === 0 ? [] : [`Not made with the same options in every run: ${differing.join(", ")}.`];
}
