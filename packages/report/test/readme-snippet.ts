import { type RunStore, readJson, resultsSchema } from "@em-stellar/core";
import { renderReport } from "@em-stellar/report";

/** The page of a run: write it to `report/index.html` in the run folder. */
export async function pageOf(store: RunStore): Promise<string> {
  const results = resultsSchema.parse(await readJson(store, "results.json"));
  return renderReport(results, { store, palette: "accessible" });
}
