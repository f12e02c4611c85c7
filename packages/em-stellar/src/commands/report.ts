import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { EmStellarError, InputError, readJson, resultsSchema, writeText } from "@em-stellar/core";
import { renderReport } from "@em-stellar/report";
import { folderStore } from "@em-stellar/runner/node";
import { citationIn } from "../citation.js";
import type { Terminal } from "../progress/terminal.js";
import { rankingTable } from "../ranking.js";
import { builtins } from "../registry.js";

export interface ReportOptions {
  /** Colours of the overlays. */
  readonly palette?: "accessible" | "paper";
}

/** `em-stellar report RUN`: makes the report of a finished run again from its results. */
export async function report(run: string, { palette }: ReportOptions, terminal: Terminal): Promise<void> {
  if (!existsSync(resolve(run, "results.json"))) {
    throw new InputError(`There is no results.json in ${resolve(run)}. Name the folder of a run that has finished.`);
  }
  const store = await folderStore(resolve(run));
  const json = await readJson(store, "results.json");
  const parsed = resultsSchema.safeParse(json);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new EmStellarError(
      `${resolve(run, "results.json")} is not in the form of this version: ${issue?.path.join(".")}: ${issue?.message}.`,
    );
  }
  // The run's own plugins are not loaded for this: of their components, only the names are cited.
  const options = { store, citation: citationIn(builtins), ...(palette && { palette }) };
  const page = await renderReport(parsed.data, options);
  await writeText(store, "report/index.html", page);
  terminal.print(rankingTable(parsed.data));
  terminal.print(`\nReport:  ${resolve(run, "report", "index.html")}`);
}
