import { join, resolve } from "node:path";
import { InputError, schemaVersion } from "@em-stellar/core";
import type { Device } from "@em-stellar/core/training";
import { type ImageReader, shown } from "@em-stellar/data/node";
import { memoryToPlanWith } from "../../prediction/memory-to-plan-with.js";
import type { ModelNotes } from "../../prediction/model-notes.js";
import { countTiles, type PredictionOptions, type TileComputer } from "../../prediction/predict-image.js";
import type { PredictionEvent } from "./events.js";
import type { InputFile } from "./inputs.js";
import { hashOfAll } from "./model-hash.js";
import { type OpenedModels, predictorOf, thresholdOf } from "./opened-models.js";
import { type OutputForm, outputsOf, tableFolders } from "./output-files.js";
import { physicalSizes } from "./physical-sizes.js";
import type { PredictionPlan, Work } from "./predict-all.js";
import type { FilePredictionOptions } from "./prediction-options.js";
import {
  type PredictionRecord,
  readRecord,
  recorded,
  removePredictions,
  removeUnfinished,
  requireSamePredictions,
  writeRecord,
} from "./record.js";
import { checksumsOf, toBeMade } from "./stored-outputs.js";
import { joinTable } from "./tables.js";

/** What is settled before the images are read. */
export interface Prepared extends Omit<PredictionPlan, "measureObjects" | "minArea" | "predict" | "ahead"> {
  /** Tiles of all images and models that are still to be made. */
  readonly tiles: number;
  predictWith(computers?: readonly TileComputer[]): PredictionPlan["predict"];
  /** Writes down what will be predicted, and removes what is in its way. */
  begin(): Promise<void>;
}

/** Settles how to predict and what, of which everything is known but whether the images can be read. Throws `InputError`. */
export async function* prepare(
  opened: OpenedModels,
  { reader, inputs }: { readonly reader: ImageReader; readonly inputs: readonly InputFile[] },
  options: FilePredictionOptions,
  device: Device,
  environment: Readonly<Record<string, string>>,
): AsyncGenerator<PredictionEvent, Prepared> {
  const { tile, overlap, memory, output, format, bits, overlay, objects, minArea, pixelSize } = options;
  const out = resolve(options.out);
  const { models, folder } = opened;
  const [{ model, notes }] = models;
  const normalizations = models.map((each) => normalizationOf(each.notes, options.normalization, each.folder));
  const threshold = options.threshold ?? thresholdOf(opened);
  const form: OutputForm = { output, format, bits, threshold, overlay, objects };
  const isTurned = models.map((each) => options.testTimeAugmentation ?? each.notes?.testTimeAugmentation ?? false);
  const sizes = physicalSizes(inputs, pixelSize);
  const settings = {
    model: await hashOfAll(opened),
    normalization: JSON.stringify(opened.ensemble ? normalizations : normalizations[0]),
    output: [output, ...(overlay ? ["overlay"] : []), ...(objects ? ["objects"] : [])].join(" + "),
    format,
    bits,
    ...((output !== "probability" || overlay || objects) && { threshold }),
    ...(minArea > 1 && { minArea }),
    ...(pixelSize !== null && { pixelSize }),
    ...(isTurned.includes(true) && { testTimeAugmentation: "8 turns" }),
    ...(options.planes !== "auto" && { planes: options.planes }),
    tile,
    overlap,
  };
  const records = inputs.map((input) =>
    recorded(
      input,
      outputsOf(input, form).map(({ path }) => path),
    ),
  );
  const before = await readRecord(out);
  if (before && !options.fresh) requireSamePredictions(out, before, settings, records);
  const channels = model.inputs[0]?.shape.at(-1) ?? 1;
  const checksums = before && !options.fresh ? (before.checksums ?? {}) : {};
  const damages: string[] = [];
  const work: Work[] = [];
  for (const input of inputs) {
    const all = outputsOf(input, form);
    const files = options.fresh
      ? all
      : await toBeMade(all, out, checksums, reader, (sentence) => damages.push(sentence));
    const wanted = new Set(files.flatMap((file) => file.pages));
    const pages = input.pages.map((place, page) => ({ page, place })).filter(({ page }) => wanted.has(page));
    const size = sizes.of.get(input);
    if (pages.length > 0 && size) work.push({ input, pages, files, size });
  }
  for (const message of damages) yield { type: "warning", message };
  yield found(inputs, work, out);
  if (overlay || objects) yield* sizes.events;
  const places = work.flatMap(({ pages }) => pages.map(({ place }) => place));
  const sizesOfAll = places.map((place) => ({ width: place.width, height: place.height, channels }));
  const predictions: (PredictionOptions & { readonly testTimeAugmentation: boolean })[] = [];
  for (const [i, { model, notes }] of models.entries()) {
    const tiling = { tile, overlap, ...(notes?.stride !== undefined && { stride: notes.stride }) };
    predictions.push({
      ...tiling,
      normalization: normalizations[i] as (typeof normalizations)[number], // one for each
      testTimeAugmentation: isTurned[i] as boolean,
      memory: await memoryToPlanWith(device, model, sizesOfAll, { ...tiling, memory }),
    });
  }
  let tiles = 0;
  for (const [i, each] of models.entries()) {
    tiles += countTiles(each.model, sizesOfAll, predictions[i] as PredictionOptions); // one for each
  }

  const names = new Set(inputs.map(({ name }) => name));
  const kept = before && !options.fresh ? before.inputs.filter(({ name }) => !names.has(name)) : [];
  const record: PredictionRecord = {
    kind: "predictions",
    schemaVersion,
    settings,
    checkpoint: folder,
    model: opened.ensemble?.notes ?? notes ?? null,
    environment: { ...environment, backend: device.backend, device: device.description, ...device.details },
    inputs: [...kept, ...records],
    ...(objects && { tables: Object.keys(tableFolders).map((table) => `${table}.csv`) }),
  };
  const remade = new Set(work.flatMap(({ files }) => files.map(({ path }) => path)));
  const asWritten = Object.fromEntries(Object.entries(checksums).filter(([path]) => !remade.has(path)));
  const begin = async () => {
    if (before && options.fresh) await removePredictions(out, before);
    await removeUnfinished(out);
    await writeRecord(out, { ...record, checksums: asWritten });
  };
  const finish: PredictionPlan["finish"] = async (written) => {
    const results = record.inputs.flatMap((input) => input.results);
    const known = { ...asWritten, ...written };
    const others = results.filter((path) => known[path] === undefined);
    await writeRecord(out, { ...record, checksums: { ...known, ...(await checksumsOf(out, others)) } });
    if (!objects) return [];
    return Promise.all(
      Object.entries(tableFolders).map(async ([table, folder]) => {
        const parts = results.filter((path) => path.startsWith(`${folder}/`));
        await joinTable(out, `${table}.csv`, parts);
        return join(out, `${table}.csv`);
      }),
    );
  };
  const predictWith: Prepared["predictWith"] = (computers) => predictorOf(opened, predictions, computers);
  return { predictWith, tiles, reader, channels, form, work, out, begin, finish };
}

function normalizationOf(
  notes: ModelNotes | undefined,
  method: FilePredictionOptions["normalization"],
  folder: string,
): PredictionOptions["normalization"] {
  if (notes && method !== null) {
    throw new InputError(
      `The model says itself how its images were normalised (${notes.normalization.method}, by ${notes.normalization.scope}). Leave \`normalization\` out.`,
    );
  }
  if (notes) return notes.normalization;
  if (method !== null) return { method, scope: "image" };
  throw new InputError(
    `${shown(folder)} has no segmentation.json, so it is not known how the images of this model were normalised. Give \`normalization: z-score\` (each image to mean 0, deviation 1) or min-max (to 0 … 1). Or write that file: docs/predict.md shows how.`,
  );
}

function found(inputs: readonly InputFile[], work: readonly Work[], out: string): PredictionEvent {
  const all = inputs.flatMap(({ pages }) => pages);
  const left = work.reduce((sum, { pages }) => sum + pages.length, 0);
  return {
    type: "images-found",
    images: all.length,
    sizes: [...new Set(all.map(({ width, height }) => `${width} × ${height}`))],
    before: all.length - left,
    out: shown(out),
  };
}
