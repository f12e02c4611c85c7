import { type MethodSummary, mean, type Summary } from "./summary.js";

/** Test scores of a method's trainings by the metric that ranks. */
export function testScores({ runs }: MethodSummary): number[] {
  return runs.flatMap(({ test }) => test ?? []);
}

/**
 * The lowest training of the one is above the highest of the other: with a few trainings, the plainest sign of a difference. One
 * training alone is none.
 */
export function clearlyAbove(a: MethodSummary, b: MethodSummary): boolean {
  const [above, below] = [testScores(a), testScores(b)];
  return above.length > 1 && below.length > 1 && Math.min(...above) > Math.max(...below);
}

/** The mean of a score that ranks; below all others where there is none. */
export function scoreOf({ scores }: MethodSummary, { rankedBy }: Summary): number {
  return scores[rankedBy] ?? Number.NEGATIVE_INFINITY;
}

/** Methods of a kind, the best first. */
export function ranked(run: Summary, kind: MethodSummary["kind"]): MethodSummary[] {
  return run.methods.filter((method) => method.kind === kind).toSorted((a, b) => scoreOf(b, run) - scoreOf(a, run));
}

/** The network that is best by a metric. */
export function leaderBy(run: Summary, metric: string): MethodSummary | undefined {
  const sign = run.metrics.find(({ id }) => id === metric)?.goal === "minimize" ? -1 : 1;
  return run.methods
    .filter(({ kind, scores }) => kind === "network" && scores[metric] !== null)
    .toSorted((a, b) => sign * ((b.scores[metric] ?? 0) - (a.scores[metric] ?? 0)))[0];
}

/** How much the best training of each network, by its test score as the paper reports it, lies above the network's mean; of networks with one training nothing. */
export function bestFoldGains(run: Summary): { readonly name: string; readonly gain: number }[] {
  const repeated = ranked(run, "network").filter((network) => testScores(network).length > 1);
  return repeated.map((network) => {
    const tests = testScores(network);
    return { name: network.name, gain: Math.max(...tests) - mean(tests) };
  });
}

/** `.912` for a score; `–` for none. */
export function score(value: number | null | undefined): string {
  return value === null || value === undefined || !Number.isFinite(value)
    ? "–"
    : value.toFixed(3).replace(/^(-?)0\./, "$1.");
}

/** `.890 to .931`. */
export function range([low, high]: readonly [number, number]): string {
  return `${score(low)} to ${score(high)}`;
}

/** From the lowest to the highest training; `–` for one alone. */
export function spread(method: MethodSummary): string {
  const tests = testScores(method);
  return tests.length < 2 ? "–" : range([Math.min(...tests), Math.max(...tests)]);
}
