import {
  beatsFloor,
  bestClassifier,
  bestFloor,
  finishedRuns,
  goalOf,
  isBaseline,
  jobPath,
  type MethodResult,
  type Results,
  rankMethods,
} from "@em-stellar/core";
import type { LostJob } from "../lost-jobs.js";
import { furtherMetrics } from "./evaluation-summary.js";
import { count, duration, score } from "./format.js";
import { fittingColumns, textTable } from "./text-table.js";

/**
 * The ranking as a table of text: methods that learn by rank, those of which nothing is recorded without one, and below
 * a rule the floors that they have to beat and the classifiers. `lost` are the jobs that did not finish. Where it would be wider than `columns`,
 * metrics are left out, the ranking one last.
 */
export function rankingTable(
  results: Results,
  columns: number = Number.POSITIVE_INFINITY,
  lost: readonly LostJob[] = [],
): string {
  const ranked = rankMethods(results);
  const learners = ranked.filter(({ method }) => !isBaseline(method));
  const ids = results.metrics.map(({ id }) => id);
  const header = ["", "method", ...ids, "trainings", "time"];
  const row = (rank: string, method: MethodResult) => {
    const done = finishedRuns(method).length;
    const recorded = method.runs.length - done;
    const failed = Math.max(recorded, lost.filter(({ job }) => job.method === method.name).length);
    const seconds = method.runs.reduce((sum, run) => sum + run.seconds, 0);
    const trainings = failed > 0 ? `${done} (${failed} failed)` : method.kind === "network" ? String(done) : "";
    return [rank, method.name, ...ids.map((id) => score(method.pooled[id])), trainings, duration(seconds)];
  };
  const rows = ranked.map(({ method }, i) => row(isBaseline(method) ? "" : String(i + 1), method));
  const known = new Set(results.methods.map(({ name }) => name));
  const missing = [...new Set(lost.map(({ job }) => job.method))].filter((name) => !known.has(name));
  const without = missing.map((name) => {
    const failed = lost.filter(({ job }) => job.method === name).length;
    return ["", name, ...ids.map(() => score(null)), `0 (${failed} failed)`, ""];
  });
  rows.splice(learners.length, 0, ...without);
  const metricColumns = ids.map((_, i) => i + 2);
  const ranking = ids.indexOf(results.rankedBy) + 2;
  const byImportance = [
    0,
    1,
    ranking,
    header.length - 2,
    header.length - 1,
    ...metricColumns.filter((i) => i !== ranking),
  ];
  const shown = fittingColumns(header, rows, columns, byImportance, 3);
  const pick = (cells: readonly string[]) => shown.map((column) => cells[column] ?? "");
  const table = textTable(pick(header), rows.map(pick), learners.length + without.length);
  const left = metricColumns.filter((column) => !shown.includes(column)).length;
  return [table, ...furtherMetrics(left)].join("\n");
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

/** A sentence on the classifiers: which networks are above the best of them. Undefined without classifiers. */
export function classifierSentence(results: Results): string | undefined {
  const ranked = rankMethods(results);
  const classifier = bestClassifier(ranked);
  const networks = ranked.filter(({ method }) => method.kind === "network");
  if (!classifier || networks.length === 0) return undefined;
  const goal = goalOf(results, results.rankedBy);
  const best = `the best classifier without a network (${classifier.method.name}, ${results.rankedBy} ${score(classifier.score?.mean)})`;
  const below = networks.filter((network) => !beatsFloor(goal, network.score, classifier.score));
  if (below.length === networks.length) return `No network does better than ${best}.`;
  if (below.length === 0) {
    return `${networks.length === 1 ? "The network does" : "Every network does"} better than ${best}.`;
  }
  const names = below.map(({ method }) => method.name).join(", ");
  return `${count(below.length, "network")} of ${networks.length} ${below.length === 1 ? "does" : "do"} no better than ${best}: ${names}.`;
}

/** Lines of jobs that did not finish, at most. */
const shownLost = 20;

/** What did not finish, with the reasons, a line for each; no lines where everything did. */
export function lostLines(lost: readonly LostJob[], jobs: number): string[] {
  if (lost.length === 0) return [];
  return [
    `! ${lost.length} of ${count(jobs, "job")} did not finish. Run the same command again to try them again:`,
    ...lost.slice(0, shownLost).map(({ job, reason }) => `✗ ${jobPath(job)}: ${reason}`),
    ...(lost.length > shownLost ? [`  … and ${lost.length - shownLost} more: see results.json`] : []),
  ];
}
