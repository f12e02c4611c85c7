import { resolve } from "node:path";
import { type AnyRegistry, EmStellarError, type JobId, type Results, type RunStore, writeText } from "@em-stellar/core";
import { shown } from "@em-stellar/data/node";
import { citationIn } from "../citation.js";
import { lostJobs } from "../lost-jobs.js";
import { ExitStatus, someFailed } from "../terminal/exit-status.js";
import { classifierSentence, floorSentence, lostLines, rankingTable } from "../terminal/ranking.js";
import { nextSteps, timeSentence } from "../terminal/run-end.js";
import { roomOf, type Terminal } from "../terminal/terminal.js";
import { transferTable } from "../terminal/transfer-table.js";

/** What is told of a run in the end. */
interface Conclusion {
  readonly store: RunStore;
  readonly registry: AnyRegistry;
  /** Every job of the run. */
  readonly jobs: readonly JobId[];
  /** Why jobs failed, by their path. */
  readonly failures: ReadonlyMap<string, string>;
  /** When the command was started, in milliseconds since 1970. */
  readonly started: number;
  /** Whether a part of the work was done before that. */
  readonly isContinued: boolean;
}

/** Writes the report of a run and prints its ranking, what did not finish, and what can be done next. */
export async function conclude(results: Results, conclusion: Conclusion, terminal: Terminal): Promise<void> {
  const { store, registry, jobs, failures } = conclusion;
  const out = store.location;
  const { renderReport } = await import("@em-stellar/report"); // charts take a second to load, and the first event is waiting
  const onLost = (sentence: string) => terminal.print(`! ${sentence}`);
  const page = await renderReport(results, { store, citation: citationIn(registry), onLost });
  await writeText(store, "report/index.html", page);
  terminal.print();
  const lost = lostJobs(jobs, results, failures);
  terminal.print(rankingTable(results, roomOf(terminal), lost));
  terminal.print();
  const transfer = transferTable(results);
  if (transfer !== undefined) terminal.print(`${transfer}\n`);
  for (const sentence of [floorSentence(results), classifierSentence(results)]) if (sentence) terminal.print(sentence);
  if (results.statistics) terminal.print(results.statistics.sentence);
  terminal.print(
    `Scores are for the object on the test images: over all pixels together, then averaged over trainings. ${timeSentence(results, (Date.now() - conclusion.started) / 1000, conclusion.isContinued)}`,
  );
  terminal.print(`Report:  ${resolve(out, "report", "index.html")}`);
  terminal.print(`Results: ${resolve(out, "results.json")}`);
  for (const line of lostLines(lost, jobs.length)) terminal.print(line);
  terminal.print();
  for (const line of nextSteps(results, shown(out))) terminal.print(line);
}

/** Throws where no network finished its training (`EmStellarError`), or where only some jobs finished (`ExitStatus`). */
export function requireFinished(results: Results, { jobs, failures }: Pick<Conclusion, "jobs" | "failures">): void {
  const lost = lostJobs(jobs, results, failures);
  const trained = results.methods.filter(({ kind }) => kind === "network").flatMap(({ runs }) => runs);
  if (!trained.some(({ state }) => state === "done")) {
    throw new EmStellarError(`No network finished training. The first failure: ${lost[0]?.reason ?? "a worker ended"}`);
  }
  if (lost.length > 0) throw new ExitStatus(someFailed);
}
