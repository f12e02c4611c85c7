import { resolve } from "node:path";
import { findModel, folderReader } from "@em-stellar/runner/node";

/** Opens models that a suite in a folder names as `initial`: a model's own folder, or the best network of a job or a run. */
export function openInitialFrom(folder: string) {
  return async (path: string) => folderReader((await findModel(resolve(folder, path))).folder);
}
