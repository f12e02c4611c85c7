import type { JobId, RunResult } from "@em-stellar/core";
import { jobFolder } from "../open-run.js";

/** The scores of one training on the test images of other data than its own. */
export type ElsewhereScores = Pick<RunResult, "pooled" | "perImage">;

/** The folder of the maps that a job predicted of other data: of all of it, or of that with a name. */
export function elsewhereFolder(job: JobId, name?: string): string {
  const all = `${jobFolder(job)}/elsewhere`;
  return name === undefined ? all : `${all}/${name}`;
}
