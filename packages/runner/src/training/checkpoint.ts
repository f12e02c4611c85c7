import { EmStellarError, type RunStore, readJson, writeJson } from "@em-stellar/core";
import type { NormalizationOptions } from "@em-stellar/data";
import { dispose, io } from "@tensorflow/tfjs-core";
import type { LayersModel } from "@tensorflow/tfjs-layers";

/** What must go with a model's weights for its predictions to mean anything. */
export interface ModelNotes {
  readonly stride: number;
  readonly threshold: number;
  readonly step: number;
  readonly normalization: NormalizationOptions & { offset?: number; scale?: number };
}

/** Saves a model in the tfjs layers form (`model.json`, `weights.bin`) with its notes (`segmentation.json`) beside it. */
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
      await writeJson(store, `${folder}/model.json`, {
        modelTopology,
        format: artifacts.format,
        generatedBy: artifacts.generatedBy,
        convertedBy: artifacts.convertedBy ?? null,
        weightsManifest: [{ paths: ["weights.bin"], weights: weightSpecs }],
      });
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: "JSON" } };
    }),
  );
  await writeJson(store, `${folder}/segmentation.json`, notes);
}

/** Puts the weights of a checkpoint into the model that it was saved from, and returns its notes. */
export async function restoreCheckpoint(store: RunStore, folder: string, model: LayersModel): Promise<ModelNotes> {
  const topology = (await readJson(store, `${folder}/model.json`)) as io.ModelJSON | undefined;
  const notes = (await readJson(store, `${folder}/segmentation.json`)) as ModelNotes | undefined;
  const weights = await store.read(`${folder}/weights.bin`);
  if (!topology || !notes || !weights) {
    throw new EmStellarError(`No complete model is saved in ${store.location}, folder ${folder}.`);
  }
  const specs = topology.weightsManifest.flatMap((group) => group.weights);
  const tensors = io.decodeWeights(weights.slice().buffer, specs);
  model.loadWeights(tensors);
  dispose(tensors);
  return notes;
}
