import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { type AnyRegistry, InputError, parseJson } from "@em-stellar/core";
import { shown } from "@em-stellar/data/node";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import * as z from "zod";
import type { ModelNotes } from "../../prediction/model-notes.js";
import { openModel } from "../../prediction/open-model.js";
import { folderReader } from "../folder-store.js";
import { findModel } from "../prediction/find-model.js";

/** A trained network and how its images are made ready. */
export interface TrainedModel {
  readonly name: string;
  /** As messages show it. */
  readonly path: string;
  readonly model: LayersModel;
  readonly notes: ModelNotes;
  /** How it was chosen where a job or a run was named, in sentences. */
  readonly reasons: readonly string[];
}

/**
 * Opens models by the folders of checkpoints, jobs or runs, or of what tfjs-layers saved with a `segmentation.json` beside it.
 * Among several paths, as a pattern finds them in a run, floors are skipped: they have no channels. The device must have been
 * started. Throws `InputError` for the first that cannot be used.
 */
export async function openModels(paths: readonly string[], registry: AnyRegistry): Promise<TrainedModel[]> {
  const models: TrainedModel[] = [];
  const floors: string[] = [];
  for (const path of paths) {
    if (paths.length > 1 && (await isFloor(path))) {
      floors.push(shown(path));
      continue;
    }
    const { folder, reasons } = await findModel(path);
    const place = shown(folder);
    if (models.some((model) => model.path === place)) throw new InputError(`The model ${place} is given twice.`);
    const { model, notes } = await openModel({ ...folderReader(folder), location: place }, "", registry);
    if (!notes) {
      throw new InputError(
        `${place} has no segmentation.json, which says how images are normalised for this model. Write one: {"normalization": {"method": "z-score", "scope": "image"}, "stride": 16}.`,
      );
    }
    const channels = model.inputs[0]?.shape.at(-1);
    if (channels !== 1) {
      throw new InputError(
        `The model in ${place} takes images of ${channels} channels, but this command reads images as grey.`,
      );
    }
    models.push({ name: "", path: place, model, notes, reasons });
  }
  const [first, ...others] = named(models);
  if (!first) throw new InputError(`There is no network among ${floors.join(", ")}: floors have no channels.`);
  const skipped = floors.length === 0 ? [] : [`Skipped, because floors have no channels: ${floors.join(", ")}.`];
  return [{ ...first, reasons: [...skipped, ...first.reasons] }, ...others];
}

const floorRecord = z.object({ result: z.object({ state: z.string() }) });

/** Whether a folder is that of a finished job that left no model, as a floor's is. */
async function isFloor(path: string): Promise<boolean> {
  if (existsSync(join(path, "checkpoints")) || existsSync(join(path, "model.json"))) return false;
  const metrics = await folderReader(path).read("metrics.json");
  const parsed = floorRecord.safeParse(metrics && parseJson(metrics, shown(join(path, "metrics.json"))));
  return parsed.data?.result.state === "done";
}

/** Names models by their method where that tells them apart, else by fold, seed and criterion too, else by their paths. */
function named(models: readonly TrainedModel[]): TrainedModel[] {
  const nameOf = ({ path, notes }: TrainedModel) => notes.training?.method ?? basename(path);
  const candidates = [
    nameOf,
    (model: TrainedModel) => {
      const { training } = model.notes;
      return training ? `${nameOf(model)} fold ${training.fold} seed ${training.seed}` : nameOf(model);
    },
    (model: TrainedModel) => {
      const { training } = model.notes;
      return training
        ? `${nameOf(model)} fold ${training.fold} seed ${training.seed} ${training.criterion}`
        : nameOf(model);
    },
    ({ path }: TrainedModel) => path,
  ].map((name) => models.map(name));
  const names = candidates.find((each) => new Set(each).size === each.length) as string[]; // paths differ
  return models.map((model, i) => ({ ...model, name: names[i] as string })); // one for each
}
