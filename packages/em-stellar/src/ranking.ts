import type { MethodResult, Results } from "@em-stellar/core";
import { count, duration, score } from "./progress/format.js";
import { textTable } from "./progress/text-table.js";

/** The methods of a run in the order of the metric that it ranks by, best first; those without a value last. */
export function ranked({ methods, metrics, rankedBy }: Results): MethodResult[] {
  const sign = metrics.find(({ id }) => id === rankedBy)?.goal === "minimize" ? 1 : -1;
  const place = (method: MethodResult) => {
    const value = method.pooled[rankedBy];
    return value === null || value === undefined ? Number.POSITIVE_INFINITY : sign * value;
  };
  return [...methods].sort((a, b) => compare(place(a), place(b)));
}

/** The ranking as a table of text: methods that learn by rank, and below a rule the floors that they have to beat. */
export function rankingTable(results: Results): string {
  const all = ranked(results);
  const learners = all.filter(({ kind }) => kind !== "baseline");
  const floors = all.filter(({ kind }) => kind === "baseline");
  const ids = results.metrics.map(({ id }) => id);
  const header = ["", "method", ...ids, "runs", "training"];
  const row = (rank: string, method: MethodResult) => {
    const done = method.runs.filter(({ state }) => state === "done").length;
    const failed = method.runs.length - done;
    const seconds = method.runs.reduce((sum, run) => sum + run.seconds, 0);
    const runs = failed > 0 ? `${done} (${failed} failed)` : String(done);
    return [rank, method.name, ...ids.map((id) => score(method.pooled[id])), runs, duration(seconds)];
  };
  const rows = [...learners.map((method, i) => row(String(i + 1), method)), ...floors.map((method) => row("", method))];
  return textTable(header, rows, learners.length);
}

/** A sentence on the floors: whether each network beats the best of them, and if not, which do not. Undefined without floors. */
export function floorSentence(results: Results): string | undefined {
  const order = ranked(results);
  const floor = order.find(({ kind }) => kind === "baseline");
  const networks = order.filter(({ kind }) => kind === "network");
  if (!floor || networks.length === 0) return undefined;
  const best = `${floor.name}, ${results.rankedBy} ${score(floor.pooled[results.rankedBy])}`;
  const beaten = networks.filter((network) => order.indexOf(network) > order.indexOf(floor));
  if (beaten.length === 0) {
    const subject = networks.length === 1 ? "The network" : "Every network";
    return `${subject} beats every floor (the best: ${best}).`;
  }
  const names = beaten.map(({ name }) => name).join(", ");
  return `! ${count(beaten.length, "network")} of ${networks.length} did not beat the best floor (${best}): ${names}.`;
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a - b; // infinities have no difference
}
