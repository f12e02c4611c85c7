import { type AnyFactory, type Ensemble, InputError, type ProbabilityMap, type Raster } from "@em-stellar/core";
import type { NormalizationOptions } from "@em-stellar/data";
import { type ModelNotes, openModel, predictImage } from "@em-stellar/runner";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { givenStore, modelFolderOf } from "./given-store.js";
import { startDevice } from "./handlers/device.js";
import { openedProject } from "./opened.js";
import { checkpointOf, combinationOf } from "./project-models.js";
import { registry } from "./registry.js";
import type { DeviceChoice } from "./requests/device.js";
import type { ModelSource } from "./requests/segment.js";

interface Member {
  readonly model: LayersModel;
  readonly notes: ModelNotes | undefined;
}

/** A model or an ensemble that is ready to segment. */
export interface Segmenter {
  readonly name: string;
  readonly members: readonly Member[];
  readonly channels: number;
  /** `wasm (SIMD, 4 threads)` */
  readonly device: string;
  /** The map of an image that has as many channels. */
  predict(image: Raster, onProgress: (share: number) => void): Promise<ProbabilityMap>;
  dispose(): void;
}

/** Opens a model and gets it ready on a device. Throws `InputError` for what cannot be used. */
export async function openSegmenter(source: ModelSource, choice: DeviceChoice): Promise<Segmenter> {
  const device = await startDevice(choice);
  const { name, opened, combine } = source.type === "files" ? await fromFiles(source) : await fromProject(source);
  const said = source.type === "files" ? source.normalization : undefined;
  const members = opened.map(({ model, notes }) => ({ model: device.prepare(model), notes }));
  const normalizations = members.map(({ notes }) => normalizationOf(notes, said, name));
  const dispose = () => {
    for (const { model } of members) model.dispose();
  };
  const channels = new Set(members.map(({ model }) => model.inputs[0]?.shape.at(-1) ?? 1));
  if (channels.size > 1) {
    dispose();
    throw new InputError(`The models of ${name} take images of different numbers of channels.`);
  }
  return {
    name,
    members,
    channels: [...channels][0] ?? 1,
    device: device.description,
    async predict(image, onProgress) {
      const pixels = image.width * image.height;
      const maps: ProbabilityMap[] = [];
      for (const [i, { model, notes }] of members.entries()) {
        maps.push(
          await predictImage(model, image, {
            normalization: normalizations[i] as (typeof normalizations)[number], // one for each
            ...(notes?.stride !== undefined && { stride: notes.stride }),
            ...(notes && { threshold: notes.threshold }),
            onProgress: (done) => onProgress((i + done / pixels) / members.length),
          }),
        );
      }
      const [first] = maps;
      return combine && maps.length > 1 ? combine.combine(maps) : (first as ProbabilityMap); // there is one at least
    },
    dispose,
  };
}

interface Opened {
  readonly name: string;
  readonly opened: readonly Member[];
  readonly combine?: Ensemble;
}

async function fromFiles({ files }: Extract<ModelSource, { type: "files" }>): Promise<Opened> {
  const folder = modelFolderOf(files);
  const name = folder === "" ? "this model" : folder;
  return { name, opened: [await openModel(givenStore(files, "the chosen folder"), folder, registry())] };
}

async function fromProject({ choice }: Extract<ModelSource, { type: "project" }>): Promise<Opened> {
  const store = await (await openedProject()).storage.runStore(choice.run);
  const opened: Member[] = [];
  for (const job of choice.jobs) opened.push(await openModel(store, await checkpointOf(store, job), registry()));
  const record = await combinationOf(store, choice.method);
  if (!record) return { name: choice.label, opened };
  const ensemble: AnyFactory<Ensemble> = registry().lookup("ensemble", record.id);
  return { name: choice.label, opened, combine: ensemble(record.options) };
}

function normalizationOf(
  notes: ModelNotes | undefined,
  said: NormalizationOptions["method"] | undefined,
  name: string,
): NormalizationOptions {
  if (notes) return notes.normalization;
  if (said !== undefined) return { method: said, scope: "image" };
  throw new InputError(
    `${name} has no segmentation.json, so it is not known how the images of this model were normalised. Say it below the model, or add that file to its folder.`,
  );
}
