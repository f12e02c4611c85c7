import { DamagedFileError, type RunStore, readJson, readSealed, writeJson, writeSealed } from "@em-stellar/core";
import { dispose, io } from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import type { ModelNotes } from "../prediction/model-notes.js";
import { modelFiles } from "../prediction/open-model.js";
import { hashFiles, requireSameFiles } from "../stored-files.js";

/**
 * Saves a model in the tfjs layers form (`model.json`, `weights.bin`) with its notes (`segmentation.json`) beside it, which
 * hold checksums of the other two and of themselves.
 */
export async function saveCheckpoint(
  store: RunStore,
  folder: string,
  model: LayersModel,
  notes: ModelNotes,
): Promise<void> {
  await model.save(
    io.withSaveHandler(async ({ weightData, modelTopology, weightSpecs, ...artifacts }) => {
      const data = new Uint8Array(io.CompositeArrayBuffer.join(weightData));
      await store.write(`${folder}/weights.bin`, data);
      await writeJson(store, `${folder}/${modelFiles.model}`, {
        modelTopology,
        format: artifacts.format,
        generatedBy: artifacts.generatedBy,
        convertedBy: artifacts.convertedBy ?? null,
        weightsManifest: [{ paths: ["weights.bin"], weights: weightSpecs }],
      });
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: "JSON" } };
    }),
  );
  const files: Record<string, string> = {};
  for (const [path, hash] of Object.entries(await hashFiles(store, folder))) {
    const name = path.slice(folder.length + 1);
    if (name !== modelFiles.notes) files[name] = hash;
  }
  await writeSealed(store, `${folder}/${modelFiles.notes}`, { ...notes, files });
}

/** Puts the weights of a checkpoint into the model that it was saved from. Throws `DamagedFileError`. */
export async function restoreCheckpoint(store: RunStore, folder: string, model: LayersModel): Promise<void> {
  const notes = (await readSealed(store, `${folder}/${modelFiles.notes}`)) as ModelNotes | undefined; // saveCheckpoint wrote it
  await requireSameFiles(store, notes?.files ?? {}, folder);
  const topology = (await readJson(store, `${folder}/${modelFiles.model}`)) as io.ModelJSON | undefined;
  const weights = await store.read(`${folder}/weights.bin`);
  if (!topology || !weights) {
    throw new DamagedFileError(store.location, folder, "it holds no complete model");
  }
  const specs = topology.weightsManifest.flatMap((group) => group.weights);
  const tensors = io.decodeWeights(weights.slice().buffer, specs);
  model.loadWeights(tensors);
  dispose(tensors);
}
