import { EmStellarError, InputError, makeAgain, type Results, readSealed, resultsSchema } from "@em-stellar/core";
import type { ResultsView } from "../requests/run.js";
import { storeOf } from "./run.js";

/** The results of a finished benchmark, and what the report says of them. */
export async function viewResults(id: string): Promise<ResultsView> {
  const results = await resultsOf(id);
  const { reportParts } = await import("@em-stellar/report"); // charts take time to load
  return { results, ...(await reportParts(results)) };
}

/** The report as one HTML page. */
export async function report(id: string): Promise<string> {
  const results = await resultsOf(id);
  const { renderReport } = await import("@em-stellar/report");
  return renderReport(results, { store: await storeOf(id) });
}

async function resultsOf(id: string): Promise<Results> {
  const json = await readSealed(await storeOf(id), "results.json", makeAgain);
  if (!json) throw new InputError("This benchmark has not finished yet. Go on with it on the screen Train.");
  const parsed = resultsSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new EmStellarError("The results of this benchmark are of another version of the studio. Run it again.");
}
