import { type AnyRegistry, DamagedFileError, InputError, type RunStore, readSealed } from "@em-stellar/core";
import { loadModel } from "@em-stellar/core/training";
import { io } from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { requireSameFiles } from "../stored-files.js";
import { weightBytes } from "../weight-bytes.js";
import { geometryOf } from "./model-geometry.js";
import { parseModelJson } from "./model-json.js";
import { type ModelNotes, parseModelNotes } from "./model-notes.js";
import { topologyProblem } from "./model-topology.js";

/** Files of a checkpoint's folder; the weights are named in the first. */
export const modelFiles = { model: "model.json", notes: "segmentation.json" } as const;

/** A model with what it takes to use it. */
export interface OpenModel {
  readonly model: LayersModel;
  /** Undefined for a model that was saved elsewhere: how its images were normalised must then be known. */
  readonly notes: ModelNotes | undefined;
}

/**
 * Opens the model in a folder of a store: a checkpoint of a run, or what tfjs-layers saved elsewhere. The registry knows the
 * layers that networks bring. Throws `InputError` for a folder without a model, a damaged one, or unknown layers.
 */
export async function openModel(
  store: Pick<RunStore, "location" | "read">,
  folder: string,
  registry: AnyRegistry,
): Promise<OpenModel> {
  const inside = (file: string) => (folder === "" ? file : `${folder}/${file}`);
  const shown = (file: string) => `${store.location}/${inside(file)}`;
  const written = await readObject(store, inside(modelFiles.notes), shown(modelFiles.notes));
  const notes = written && parseModelNotes(written, shown(modelFiles.notes));
  const json = await readObject(store, inside(modelFiles.model), shown(modelFiles.model));
  if (!json) throw new InputError(`There is no model in ${store.location}: ${inside(modelFiles.model)} is missing.`);
  const { modelTopology, weightsManifest, format } = parseModelJson(json, shown(modelFiles.model));
  if (format === "graph-model") {
    throw new InputError(
      `${shown(modelFiles.model)} is a graph model, whose layers are gone. Convert the original again to a layers model (tensorflowjs_converter --output_format=tfjs_layers_model).`,
    );
  }
  const parts: Uint8Array[] = [];
  for (const path of weightsManifest.flatMap(({ paths }) => paths)) {
    const part = await store.read(inside(path));
    if (!part) throw new InputError(`${shown(path)} is missing, a file of weights that ${modelFiles.model} names.`);
    parts.push(part);
  }
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights);
  const weightData = joined(parts);
  const needed = weightBytes(weightSpecs);
  if (weightData.byteLength !== needed) {
    throw new InputError(
      `The weights of ${shown(modelFiles.model)} have ${weightData.byteLength} bytes instead of ${needed}. Copy the folder again.`,
    );
  }
  try {
    await requireSameFiles({ location: store.location, read: store.read }, notes?.files ?? {}, folder);
  } catch (error) {
    if (error instanceof DamagedFileError) throw new InputError(`${error.message} Copy the folder again.`);
    throw error;
  }
  requireFinite(weightSpecs, weightData, shown(modelFiles.model));
  const problem = topologyProblem(modelTopology, weightBytes(weightSpecs));
  if (problem !== undefined) {
    throw new InputError(`${shown(modelFiles.model)} cannot be loaded: ${problem}. Copy or save the model again.`);
  }
  let model: LayersModel;
  try {
    model = await loadModel(io.fromMemory({ modelTopology, weightSpecs, weightData }), registry);
  } catch (error) {
    throw explained(error, shown(modelFiles.model), notes);
  }
  geometryOf(model); // refuses what is no segmentation network
  return { model, notes };
}

async function readObject(store: Pick<RunStore, "read">, path: string, name: string): Promise<object | undefined> {
  try {
    return await readSealed({ location: "", read: store.read }, path);
  } catch (error) {
    if (!(error instanceof DamagedFileError) || error.kind === "place") throw error;
    if (error.kind === "form") throw new InputError(`${name} is not a JSON object. Copy it again.`);
    throw new InputError(
      `${name} has changed since it was written: its checksum does not match. Copy it again; if you changed it on purpose, remove "checksum" from it.`,
    );
  }
}

/** Throws `InputError` for weights that are no numbers: whatever such a model predicts means nothing. */
function requireFinite(specs: readonly io.WeightsManifestEntry[], data: ArrayBuffer, name: string): void {
  let at = 0;
  for (const spec of specs) {
    const bytes = weightBytes([spec]);
    if (spec.dtype === "float32" && !spec.quantization) {
      const values = new Float32Array(data.slice(at, at + bytes));
      const wrong = values.find((value) => !Number.isFinite(value));
      if (wrong !== undefined) {
        throw new InputError(
          `The weights "${spec.name}" of ${name} hold the value ${wrong}: the training went wrong, or the file is damaged. Choose another checkpoint.`,
        );
      }
    }
    at += bytes;
  }
}

function joined(parts: readonly Uint8Array[]): ArrayBuffer {
  const all = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.byteLength;
  }
  return all.buffer;
}

function explained(error: unknown, name: string, notes: ModelNotes | undefined): unknown {
  if (!(error instanceof Error)) return error;
  // What tfjs-layers says of a value that it expected elsewhere tells nobody anything.
  if (error instanceof TypeError) {
    return new InputError(`${name} cannot be loaded: its layers are not described as tfjs-layers does. Save it again.`);
  }
  const [, layer] = /Unknown layer: (\S+?)\.\s/.exec(error.message) ?? [];
  if (layer === undefined) return new InputError(`${name} cannot be loaded: ${error.message}`);
  const from = notes?.network?.package;
  const remedy = from
    ? `It belongs to ${from} ${notes?.network?.version ?? ""}: give that plugin too.`
    : "Give the plugin that it belongs to.";
  return new InputError(
    `${name} has layers of the class ${layer}, which none of the networks here provides. ${remedy}`,
  );
}
