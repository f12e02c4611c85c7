import { resolve } from "node:path";
import { writeText } from "@em-stellar/core";
import { renderEvaluation, renderReport } from "@em-stellar/report";
import { citationIn } from "../citation.js";
import { registryForRuns } from "../recorded-plugins.js";
import { remakeFeatures } from "../remake-features.js";
import { readResults } from "../results-file.js";
import { summary } from "../terminal/evaluation-summary.js";
import { rankingTable } from "../terminal/ranking.js";
import type { Terminal } from "../terminal/terminal.js";

export interface ReportOptions {
  /** Colours of the overlays. */
  readonly palette?: "accessible" | "paper";
  /** Packages and ./files of plugins, beside those of the run. */
  readonly plugin?: readonly string[];
}

/** `em-stellar report RUN`: makes the report of a finished run, an evaluation or a feature correlation again from its results. */
export async function report(run: string, { palette, plugin = [] }: ReportOptions, terminal: Terminal): Promise<void> {
  if (await remakeFeatures(run, terminal)) return;
  const registry = await registryForRuns([run], plugin, terminal);
  const stored = await readResults(run, registry);
  const { store } = stored;
  const lost: string[] = [];
  const onLost = (sentence: string) => lost.push(sentence);
  const options = { store, citation: citationIn(registry), onLost, ...(palette && { palette }) };
  if (stored.kind === "evaluation") {
    await writeText(store, "report/index.html", await renderEvaluation(stored.evaluation, options));
    terminal.print(summary(stored.evaluation, terminal.columns));
  } else {
    await writeText(store, "report/index.html", await renderReport(stored.results, options));
    terminal.print(rankingTable(stored.results, terminal.live ? terminal.columns : undefined));
    if (stored.results.statistics) terminal.print(`\n${stored.results.statistics.sentence}`);
  }
  if (lost.length > 0) terminal.print();
  for (const sentence of lost) terminal.print(`! ${sentence}`);
  terminal.print(`\nReport:  ${resolve(run, "report", "index.html")}`);
}
