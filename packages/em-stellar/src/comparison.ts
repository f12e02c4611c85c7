import { criticalDifference, overDataSets } from "@em-stellar/analysis";
import { InputError, type Results } from "@em-stellar/core";
import type { MethodComparison } from "@em-stellar/report";

/** The results of one data set, and what to call it. */
export interface NamedResults {
  readonly name: string;
  readonly results: Results;
}

/**
 * Compares the methods that several runs have in common, by name, each run on a data set of its own. By the metric that
 * all of them rank by, unless one is named. Throws `InputError` where runs share their images, or have fewer than two
 * methods or no metric in common.
 */
export function compareResults(runs: readonly NamedResults[], chosen?: string): MethodComparison {
  if (runs.length < 2)
    throw new InputError("A comparison takes the folders of at least two runs, each on a data set of its own.");
  requireDistinctData(runs);
  const metric = chosen ?? commonRanking(runs);
  const goals = new Set(runs.map((run) => goalOf(run, metric)));
  const [goal] = goals;
  if (!goal || goals.size > 1)
    throw new InputError(`The runs do not agree on whether a high or a low "${metric}" is good.`);

  const scored = runs.map(({ results }) => {
    const scores = results.methods.flatMap(({ name, pooled }): [string, number][] => {
      const score = pooled[metric] ?? null;
      return score === null ? [] : [[name, score]];
    });
    return new Map(scores);
  });
  const all = [...new Set(scored.flatMap((scores) => [...scores.keys()]))];
  const common = all.filter((name) => scored.every((scores) => scores.has(name)));
  if (common.length < 2) {
    throw new InputError(
      `The runs have ${common.length === 0 ? "no method" : `only ${common[0]}`} with a score by "${metric}" in common. Methods are matched by name: ${runs
        .map(({ name }, i) => `${name} has ${[...(scored[i] ?? [])].map(([method]) => method).join(", ") || "none"}`)
        .join("; ")}.`,
    );
  }
  const scores = scored.map((of) => common.map((name) => of.get(name) as number)); // common to all
  const difference = criticalDifference({ methods: common, scores, goal });
  return {
    metric,
    goal,
    dataSets: runs.map(({ name, results }) => ({ name, images: results.data.test })),
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
      .map(({ results }) => results.finished)
      .sort()
      .at(-1) as string, // there are two runs at least
  };
}

function requireDistinctData(runs: readonly NamedResults[]): void {
  const seen = new Map<string, string>();
  for (const { name, results } of runs) {
    const other = seen.get(results.data.hash);
    if (other !== undefined) {
      throw new InputError(
        `${other} and ${name} are runs on the same images. Over data sets, each counts once: name one run of each data set.`,
      );
    }
    seen.set(results.data.hash, name);
  }
}

function commonRanking(runs: readonly NamedResults[]): string {
  const metrics = [...new Set(runs.map(({ results }) => results.rankedBy))];
  if (metrics.length > 1) {
    throw new InputError(
      `The runs rank by different metrics (${runs.map(({ name, results }) => `${name} by ${results.rankedBy}`).join(", ")}). Choose one with --metric.`,
    );
  }
  return metrics[0] as string; // there are two runs at least
}

function goalOf({ name, results }: NamedResults, metric: string) {
  const found = results.metrics.find(({ id }) => id === metric);
  if (found) return found.goal;
  throw new InputError(
    `${name} was not scored by "${metric}". It has: ${results.metrics.map(({ id }) => id).join(", ")}.`,
  );
}

function notesOnMissing(all: readonly string[], common: readonly string[]): string[] {
  const missing = all.filter((name) => !common.includes(name));
  return missing.length === 0 ? [] : [`Left out, because not every run has a score of them: ${missing.join(", ")}.`];
}

/** Methods of one name that are not the same: a network of another width is another network. */
function notesOnOptions(runs: readonly NamedResults[], common: readonly string[]): string[] {
  const differing = common.filter((name) => {
    const made = runs.map(({ results }) =>
      results.methods
        .find((method) => method.name === name)
        ?.components.map(({ kind, id, options }) => ({ kind, id, options })),
    );
    return new Set(made.map((components) => JSON.stringify(components))).size > 1;
  });
  return differing.length === 0 ? [] : [`Not made with the same options in every run: ${differing.join(", ")}.`];
}
