import { encodeText, hashBytes, InputError, parseJson, type RunStore } from "@em-stellar/core";
import type { Plan } from "./plan.js";
import { parseModelJson } from "./prediction/model-json.js";
import { type ModelNotes, parseModelNotes } from "./prediction/model-notes.js";
import { modelFiles } from "./prediction/open-model.js";
import type { Suite } from "./suite.js";

/** What it takes to find models that trainings start from. */
interface Finding {
  readonly openInitial?: (path: string) => Promise<Pick<RunStore, "location" | "read">>;
}

/**
 * A plan with the models that trainings start from, and a warning where one has seen the data. Throws `InputError` where there
 * is no such model, or its images were normalised in another way than the suite does it.
 */
export async function withInitial(plan: Plan, suite: Suite, finding: Finding): Promise<Plan> {
  const initial: Record<string, string> = {};
  const warnings = [...plan.warnings];
  for (const { options } of suite.trainings) {
    if (options.initial === null) continue;
    const { files, notes } = await readInitial(options.initial, finding);
    const method = notes?.normalization.method;
    if (method !== undefined && method !== options.normalization.method) {
      throw new InputError(
        `The model in ${options.initial} was trained with the normalization "${method}", but the suite's training uses "${options.normalization.method}". Set training.normalization to { "method": "${method}", "scope": "${notes?.normalization.scope}" }.`,
      );
    }
    if (initial[options.initial] !== undefined) continue;
    const hashes = await Promise.all([...files].map(async ([name, bytes]) => `${name} ${await hashBytes(bytes)}`));
    initial[options.initial] = `initial/${(await hashBytes(encodeText(hashes.sort().join(" ")))).slice(0, 16)}`;
    const hash = notes?.training?.dataHash;
    const datasets = [plan, ...Object.values(plan.transferTo ?? {})];
    if (datasets.some(({ data }) => data.hash === hash)) {
      warnings.push({
        code: "initial-leak",
        message: `The model in ${options.initial}, from which trainings start, was trained on images of this data set, perhaps on validation images. Validation scores may then be too good. Use a model that was trained on other data.`,
      });
    }
  }
  return Object.keys(initial).length === 0 ? plan : { ...plan, initial, warnings };
}

/** Copies the models that trainings start from into the run's store, so that a job needs nothing else. */
export async function keepInitial({
  plan,
  store,
  ...finding
}: Finding & { readonly plan: Plan; readonly store: RunStore }): Promise<void> {
  for (const [path, folder] of Object.entries(plan.initial ?? {})) {
    const { files } = await readInitial(path, finding);
    for (const [name, bytes] of files) await store.write(`${folder}/${name}`, bytes);
  }
}

async function readInitial(
  path: string,
  { openInitial }: Finding,
): Promise<{ readonly files: Map<string, Uint8Array>; readonly notes: ModelNotes | undefined }> {
  if (!openInitial) throw new InputError(`A training cannot start from ${path} here: folders cannot be opened.`);
  const { location, read } = await openInitial(path);
  const files = new Map<string, Uint8Array>();
  const take = async (name: string) => {
    const bytes = await read(name);
    if (bytes) files.set(name, bytes);
    return bytes;
  };
  const json = await take(modelFiles.model);
  if (!json) throw new InputError(`There is no model in ${location}: ${modelFiles.model} is missing.`);
  const { weightsManifest } = parseModelJson(parseJson(json, modelFiles.model), `${location}/${modelFiles.model}`);
  for (const name of weightsManifest.flatMap(({ paths }) => paths)) {
    if (!(await take(name))) throw new InputError(`${location}/${name} is missing, a file of the model's weights.`);
  }
  const notes = await take(modelFiles.notes);
  return {
    files,
    notes: notes && parseModelNotes(parseJson(notes, modelFiles.notes), `${location}/${modelFiles.notes}`),
  };
}
