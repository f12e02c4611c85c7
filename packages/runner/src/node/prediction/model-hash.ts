import { createHash } from "node:crypto";
import { parseJson } from "@em-stellar/core";
import { parseModelJson } from "../../prediction/model-json.js";
import { modelFiles } from "../../prediction/open-model.js";
import { folderReader } from "../folder-store.js";
import type { OpenedModels } from "./opened-models.js";

/** SHA-256 that tells models apart; of an ensemble, that over how it combines and the hashes of its members. Throws `InputError`. */
export async function hashOfAll({ models, ensemble }: OpenedModels): Promise<string> {
  const hashes = await Promise.all(models.map(({ folder }) => hashOf(folder)));
  if (!ensemble) return hashes[0] as string; // of one model
  const { combine, weights } = ensemble.notes;
  return createHash("sha256").update(JSON.stringify({ combine, weights, hashes })).digest("hex");
}

/** SHA-256 over the model and its weights. Throws `InputError`. */
async function hashOf(folder: string): Promise<string> {
  const { read } = folderReader(folder);
  const file = await read(modelFiles.model);
  const hash = createHash("sha256");
  if (!file) return hash.digest("hex"); // it was opened, and has gone since
  hash.update(file);
  const { weightsManifest } = parseModelJson(parseJson(file, modelFiles.model), modelFiles.model);
  for (const path of weightsManifest.flatMap(({ paths }) => paths)) hash.update((await read(path)) ?? "");
  return hash.digest("hex");
}
