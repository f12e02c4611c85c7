import { realpath } from "node:fs/promises";
import { resolve } from "node:path";
import { InputError, scoreboardOfEvaluation, scoreboardOfRun } from "@em-stellar/core";
import { type MethodComparison, renderComparison } from "@em-stellar/report";
import { compareResults } from "../comparison.js";
import { distinctNames } from "../distinct-names.js";
import type { NamedBoard } from "../named-board.js";
import { readResults } from "../results-file.js";
import { roomOf, type Terminal } from "../terminal/terminal.js";
import { fittingTable } from "../terminal/text-table.js";
import { writeOutput } from "../write-output.js";

export interface CompareOptions {
  /** Id of the metric to compare by; by default the one that all runs rank by. */
  readonly metric?: string;
  /** The page to write. */
  readonly out: string;
}

/** `em-stellar compare RUN RUN…`: methods over several data sets, one finished run or evaluation for each. */
export async function compare(
  folders: readonly string[],
  { metric, out }: CompareOptions,
  terminal: Terminal,
): Promise<void> {
  await requireDistinctFolders(folders);
  const stored = await Promise.all(folders.map((folder) => readResults(folder)));
  const boards = stored.map((each) =>
    each.kind === "run" ? scoreboardOfRun(each.results) : scoreboardOfEvaluation(each.evaluation),
  );
  const byFolder = distinctNames(folders);
  const runs = boards.map((board, i): NamedBoard => {
    const isUnique = boards.filter(({ name }) => name === board.name).length === 1;
    const of = stored[i];
    const name = isUnique ? board.name : (byFolder[i] ?? board.name);
    return { name, board, ...(of?.kind === "run" && { run: of.results }) };
  });
  const comparison = compareResults(runs, metric);
  const file = resolve(out);
  await writeOutput(file, renderComparison(comparison));
  terminal.print(tableOf(comparison, roomOf(terminal)));
  terminal.print();
  terminal.print(comparison.sentence);
  for (const note of comparison.notes) terminal.print(`! ${note}`);
  terminal.print(`\nPage: ${file}`);
}

/** Throws `InputError` where one folder is named twice, by whatever path. */
async function requireDistinctFolders(folders: readonly string[]): Promise<void> {
  const seen = new Map<string, string>();
  for (const folder of folders) {
    const place = await realpath(folder).catch(() => resolve(folder));
    const other = seen.get(place);
    if (other !== undefined) {
      const twice = other === folder ? `${folder} is given twice` : `${other} and ${folder} are the same folder`;
      throw new InputError(`${twice}. A comparison takes several runs on different images: name one folder for each.`);
    }
    seen.set(place, folder);
  }
}

function tableOf({ metric, dataSets, methods }: MethodComparison, columns: number): string {
  const header = [metric.id, "mean rank", ...dataSets.map(({ name }) => name)];
  const rows = methods.map(({ name, meanRank, scores }) => [
    name,
    meanRank.toFixed(2),
    ...scores.map((score) => score.toFixed(3)),
  ]);
  return fittingTable(header, rows, columns, {
    byImportance: [...header.keys()],
    left: [0],
    elsewhere: "They are on the page.",
  });
}
