import {
  beatsFloor,
  bestFloor,
  finishedRuns,
  goalOf,
  isFloor,
  type MethodResult,
  type Results,
  rankMethods,
} from "@em-stellar/core";
import { count, duration, score } from "./terminal/format.js";
import { textTable } from "./terminal/text-table.js";

/** The ranking as a table of text: methods that learn by rank, and below a rule the floors that they have to beat. */
export function rankingTable(results: Results): string {
  const ranked = rankMethods(results);
  const learners = ranked.filter(({ method }) => !isFloor(method));
  const ids = results.metrics.map(({ id }) => id);
  const header = ["", "method", ...ids, "runs", "training"];
  const row = (rank: string, method: MethodResult) => {
    const done = finishedRuns(method).length;
    const failed = method.runs.length - done;
    const seconds = method.runs.reduce((sum, run) => sum + run.seconds, 0);
    const runs = failed > 0 ? `${done} (${failed} failed)` : String(done);
    return [rank, method.name, ...ids.map((id) => score(method.pooled[id])), runs, duration(seconds)];
  };
  const rows = ranked.map(({ method }, i) => row(isFloor(method) ? "" : String(i + 1), method));
  return textTable(header, rows, learners.length);
}

/** A sentence on the floors: whether each network beats the best of them, and if not, which do not. Undefined without floors. */
export function floorSentence(results: Results): string | undefined {
  const ranked = rankMethods(results);
  const floor = bestFloor(ranked);
  const networks = ranked.filter(({ method }) => method.kind === "network");
  if (!floor || networks.length === 0) return undefined;
  const goal = goalOf(results, results.rankedBy);
  const best = `${floor.method.name}, ${results.rankedBy} ${score(floor.score?.mean)}`;
  const beaten = networks.filter((network) => !beatsFloor(goal, network.score, floor.score));
  if (beaten.length === 0) {
    const subject = networks.length === 1 ? "The network" : "Every network";
    return `${subject} beats every floor (the best: ${best}).`;
  }
  const names = beaten.map(({ method }) => method.name).join(", ");
  return `! ${count(beaten.length, "network")} of ${networks.length} did not beat the best floor (${best}): ${names}.`;
}
