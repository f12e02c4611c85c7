import { join } from "node:path";
import {
  type AnyRegistry,
  type Ensemble,
  InputError,
  type ProbabilityMap,
  probabilities,
  type Raster,
} from "@em-stellar/core";
import type { Device } from "@em-stellar/core/training";
import { toUint16 } from "@em-stellar/data";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import type { ModelNotes } from "../../prediction/model-notes.js";
import { openModel } from "../../prediction/open-model.js";
import {
  computerOf,
  type PredictionOptions,
  predictImage,
  predictStrips,
  type Strip,
  type TileComputer,
} from "../../prediction/predict-image.js";
import { folderReader } from "../folder-store.js";
import { type EnsembleNotes, isEnsemble, readEnsemble } from "./ensemble-folder.js";

/** A model on the device. */
export interface OpenedModel {
  readonly model: LayersModel;
  readonly notes: ModelNotes | undefined;
  /** Its folder, absolute. */
  readonly folder: string;
}

/** What a folder predicts with: a model, or several that are combined. */
export interface OpenedModels {
  readonly folder: string;
  /** One at least. */
  readonly models: readonly [OpenedModel, ...OpenedModel[]];
  /** Absent for a single model. */
  readonly ensemble?: { readonly notes: EnsembleNotes; readonly combine: Ensemble };
}

/** Opens the model or the ensemble in a folder; the caller disposes of its models. Throws `InputError`. */
export async function openModels(folder: string, registry: AnyRegistry, device: Device): Promise<OpenedModels> {
  const open = async (place: string): Promise<OpenedModel> => {
    const { model, notes } = await openModel(folderReader(place), "", registry);
    return { model: device.prepare(model), notes, folder: place };
  };
  if (!isEnsemble(folder)) return { folder, models: [await open(folder)] };
  const notes = await readEnsemble(folder);
  const factory = registry.lookup("ensemble", notes.combine.id);
  const combine = factory(notes.combine.options) as Ensemble; // what the factory of an ensemble makes
  const models: OpenedModel[] = [];
  try {
    for (const member of notes.members) models.push(await open(join(folder, member)));
    const channels = new Set(models.map(({ model }) => model.inputs[0]?.shape.at(-1)));
    if (channels.size > 1) {
      throw new InputError(`The members of the ensemble in ${folder} take images of different numbers of channels.`);
    }
  } catch (error) {
    for (const { model } of models) model.dispose();
    throw error;
  }
  return { folder, models: models as [OpenedModel, ...OpenedModel[]], ensemble: { notes, combine } }; // the form asks for one
}

/** A pixel is object above it; that of the single model, or what the ensemble makes of its members'. */
export function thresholdOf({ models, ensemble }: OpenedModels): number {
  const thresholds = models.map(({ notes }) => notes?.threshold ?? 0.5);
  if (!ensemble) return thresholds[0] as number; // of one model
  const pixels = thresholds.map((threshold) => ({
    width: 1,
    height: 1,
    data: new Uint8Array(1),
    maximum: 1,
    threshold,
  }));
  return combined(ensemble, pixels).threshold ?? 0.5;
}

/** How images are predicted: `options` are those of each model, `computers` compute its tiles. An ensemble gives a map as a whole. */
export function predictorOf(
  { models, ensemble }: OpenedModels,
  options: readonly PredictionOptions[],
  computers: readonly TileComputer[] = models.map(({ model }) => computerOf(model)),
): (image: Raster, onProgress: (pixels: number) => void) => AsyncGenerator<Strip> {
  const [first] = models;
  if (!ensemble) {
    return (image, onProgress) =>
      predictStrips(first.model, image, { ...(options[0] as PredictionOptions), onProgress }, computers[0]); // of one model
  }
  return async function* (image, onProgress) {
    const { width, height } = image;
    const maps: ProbabilityMap[] = [];
    for (const [i, { model, notes }] of models.entries()) {
      const own: PredictionOptions = {
        ...(options[i] as PredictionOptions), // one for each model
        onProgress: (pixels) => onProgress(Math.floor((i * width * height + pixels) / models.length)),
      };
      const map = await predictImage(model, image, own, computers[i]);
      // In 16 bits, as a run keeps them: so that its ensemble and this one are the same.
      maps.push({ width, height, data: toUint16(map.data), maximum: 65535, threshold: notes?.threshold ?? 0.5 });
    }
    yield { y: 0, rows: height, data: probabilities(combined(ensemble, maps)) };
  };
}

function combined(
  { notes, combine }: NonNullable<OpenedModels["ensemble"]>,
  maps: readonly ProbabilityMap[],
): ProbabilityMap {
  return combine.combine(maps, notes.weights);
}
