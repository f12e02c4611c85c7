import { createHash } from "node:crypto";
import { availableParallelism, totalmem } from "node:os";
import { join, resolve } from "node:path";
import { type AnyRegistry, InputError, parseJson, schemaVersion } from "@em-stellar/core";
import type { Device } from "@em-stellar/core/training";
import type { NormalizationOptions, PlanesReading } from "@em-stellar/data";
import { type ImageReader, imageReaderOf, shown } from "@em-stellar/data/node";
import { parseModelJson } from "../../prediction/model-json.js";
import type { ModelNotes } from "../../prediction/model-notes.js";
import type { MeasureObjects } from "../../prediction/object-tools.js";
import { modelFiles } from "../../prediction/open-model.js";
import { parsePixelSize } from "../../prediction/pixel-size.js";
import { countTiles, type PredictionOptions, type TileComputer } from "../../prediction/predict-image.js";
import { folderReader } from "../folder-store.js";
import type { PredictionEvent } from "./events.js";
import { findModel } from "./find-model.js";
import { checkImages } from "./images.js";
import { type InputFile, openInputs } from "./inputs.js";
import { type OpenedModels, openModels, predictorOf, thresholdOf } from "./opened-models.js";
import { type OutputForm, outputsOf, tableFolders } from "./output-files.js";
import { physicalSizes } from "./physical-sizes.js";
import { type PredictionPlan, predictAll, type Work } from "./predict-all.js";
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
import { startTileWorkers } from "./tile-workers.js";

export interface FilePredictionOptions extends Omit<OutputForm, "threshold"> {
  /** Folder of a checkpoint, a job or a run. */
  readonly model: string;
  /** Files and folders. */
  readonly inputs: readonly string[];
  readonly out: string;
  /** `null`: the model's. */
  readonly threshold: number | null;
  /** Side of a pixel with its unit, such as `5nm`; `null`: as the files say. */
  readonly pixelSize: string | null;
  /** Objects of fewer pixels are left out of tables, overlays and labels. */
  readonly minArea: number;
  /** Of the images, where the model does not say; `null`: it does. */
  readonly normalization: NormalizationOptions["method"] | null;
  /** Averages over 8 turned and mirrored images; `null`: where the model was tested so. */
  readonly testTimeAugmentation: boolean | null;
  /** Longest side of a tile in pixels; `null`: as `memory` allows. */
  readonly tile: number | null;
  /** Pixels that tiles share on each side; `null`: as far as the model sees. */
  readonly overlap: number | null;
  /** Bytes that tensors may take; images that need more are cut into tiles. */
  readonly memory: number;
  /**
   * Threads that predict at a time, each with a device of its own that takes `memory`; `null`: one for each processor core where the
   * device is the processor and the images have a million pixels or more, so far as half of the machine's memory goes.
   */
  readonly workers: number | null;
  /** What the planes of TIFFs are that may be slices or colours. */
  readonly planes: PlanesReading;
  /** Removes what earlier predictions left in the folder. */
  readonly fresh: boolean;
}

/** The choices of a prediction that says nothing but what, with which model, and where to. */
export const filePredictionDefaults = {
  output: "probability",
  format: "png",
  bits: 16,
  threshold: null,
  overlay: false,
  objects: false,
  pixelSize: null,
  minArea: 1,
  normalization: null,
  testTimeAugmentation: null,
  tile: null,
  overlap: null,
  memory: 2 ** 30,
  workers: null,
  planes: "auto",
  fresh: false,
} as const satisfies Partial<FilePredictionOptions>;

type Given = Partial<FilePredictionOptions> & Pick<FilePredictionOptions, "model" | "inputs" | "out">;

/** What the prediction of files is handed. */
export interface FilePredictionContext {
  /** Where the layers of models come from. */
  readonly registry: AnyRegistry;
  /** Finds and measures objects: that of @em-stellar/metrics, of which this package knows nothing. */
  readonly measureObjects: MeasureObjects;
  /** Starts the device, once there are a model and images. It is disposed of at the end. */
  readonly startDevice: () => Promise<Device>;
  /** A module that calls `serveTiles`, for workers, and what its threads need for a registry and this device; absent: no workers. */
  readonly tileWorkers?: { readonly entry: URL; setup(device: Device): object };
  /** Where it takes place, for the record. */
  readonly environment: Readonly<Record<string, string>>;
  /** Ends the prediction between two tiles; what is finished by then stays. */
  readonly signal?: AbortSignal;
}

/**
 * Predicts images with a model, writes maps or masks, and tells what happens. Everything that can be refused is refused
 * before anything is predicted; results that already exist, made in the same way, are not made again. Throws
 * `InputError`, and the signal's reason where it is aborted.
 */
export async function* predictFiles(
  given: Given,
  { registry, measureObjects, startDevice, tileWorkers, environment, signal }: FilePredictionContext,
): AsyncGenerator<PredictionEvent, void> {
  const options: FilePredictionOptions = { ...filePredictionDefaults, ...given };
  requireForm(options);
  const { folder, reasons } = await findModel(options.model);
  const reader = imageReaderOf(registry, options.planes);
  const inputs = await openInputs(options.inputs, reader);
  const device = await startDevice();
  try {
    const opened = await openModels(folder, registry, device);
    try {
      const [{ notes }] = opened.models;
      const ensemble = opened.ensemble && { ensemble: opened.ensemble.notes };
      yield { type: "model-opened", folder: shown(folder), notes, reasons, ...ensemble };
      const plan = yield* prepare(opened, { reader, inputs }, options, device, environment, signal);
      const size = tileWorkers ? workersFor(options, device, plan) : 1;
      yield { type: "prediction-started", device, workers: size };
      await plan.begin();
      const whole = { ...plan, measureObjects, minArea: options.minArea };
      if (!tileWorkers || size === 1) {
        yield* predictAll({ ...whole, predict: plan.predictWith(), ahead: 1 }, () => device.peakBytes(), signal);
        return;
      }
      const setup = { ...tileWorkers.setup(device), folder: opened.folder };
      const workers = startTileWorkers({ size, entry: tileWorkers.entry, setup, models: opened.models.length });
      const stop = () => void workers.close();
      signal?.addEventListener("abort", stop);
      try {
        const peakBytes = () => device.peakBytes() + workers.peakBytes();
        yield* predictAll(
          { ...whole, predict: plan.predictWith(workers.computers), ahead: size + 1 },
          peakBytes,
          signal,
        );
      } catch (error) {
        signal?.throwIfAborted(); // then that is why the threads ended
        throw error;
      } finally {
        signal?.removeEventListener("abort", stop);
        await workers.close();
      }
    } finally {
      for (const { model } of opened.models) model.dispose();
    }
  } finally {
    await device.dispose();
  }
}

function requireForm({ format, bits, output, overlay, objects, minArea, pixelSize }: FilePredictionOptions): void {
  if (pixelSize !== null) parsePixelSize(pixelSize);
  if (minArea > 1 && output !== "labels" && !overlay && !objects) {
    throw new InputError("`minArea` has no effect on this output. Add `objects`, `overlay` or `output: labels`.");
  }
  if (bits !== 32) return;
  if (format === "png") throw new InputError("A PNG has no 32-bit floats. Leave `bits` out, or add `format: tiff`.");
  if (output === "mask") throw new InputError("A mask has 8 bits. Leave `bits` out, or ask for `output: both`.");
  if (output === "labels") throw new InputError("Labels have 16 bits. Leave `bits` out.");
}

/** Backends that compute on the processor, where a second one computes beside the first. */
const onProcessor = ["wasm", "cpu"];

/** Fewer pixels in all are predicted before a second thread has started. */
const fewPixels = 2 ** 20;

/** How many threads predict. Throws `InputError` where several were asked for and the device has no use for them. */
function workersFor(
  { workers, memory }: FilePredictionOptions,
  { backend }: Device,
  { work, tiles }: Pick<Prepared, "work" | "tiles">,
): number {
  const isOnProcessor = onProcessor.includes(backend);
  if (workers !== null) {
    if (workers > 1 && !isOnProcessor) {
      throw new InputError(
        `\`workers\` is ${workers}, but ${backend} computes on one device, which a second thread makes no faster. Leave it out.`,
      );
    }
    return Math.max(1, Math.min(workers, tiles));
  }
  const pixels = work.flatMap(({ pages }) => pages).reduce((sum, { place }) => sum + place.width * place.height, 0);
  if (!isOnProcessor || pixels < fewPixels) return 1;
  return Math.max(1, Math.min(availableParallelism(), tiles, Math.floor(totalmem() / 2 / memory)));
}

interface Prepared extends Omit<PredictionPlan, "measureObjects" | "minArea" | "predict" | "ahead"> {
  /** Tiles of all images and models that are still to be made. */
  readonly tiles: number;
  predictWith(computers?: readonly TileComputer[]): PredictionPlan["predict"];
  begin(): Promise<void>;
}

/** Settles how to predict, and makes sure that it can be done. */
async function* prepare(
  opened: OpenedModels,
  { reader, inputs }: { readonly reader: ImageReader; readonly inputs: readonly InputFile[] },
  options: FilePredictionOptions,
  device: Device,
  environment: Readonly<Record<string, string>>,
  signal?: AbortSignal,
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
  const predictions = models.map(({ notes }, i) => ({
    normalization: normalizations[i] as (typeof normalizations)[number], // one for each
    ...(notes?.stride !== undefined && { stride: notes.stride }),
    testTimeAugmentation: isTurned[i] as boolean,
    ...{ tile, overlap, memory },
  }));
  const sizesOfAll = places.map((place) => ({ width: place.width, height: place.height, channels }));
  let tiles = 0;
  for (const [i, each] of models.entries()) {
    tiles += countTiles(each.model, sizesOfAll, predictions[i] as (typeof predictions)[number]); // one for each
  }
  yield* checkImages(reader, places, channels, notes, signal);

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
  const finish = async () => {
    const results = record.inputs.flatMap((input) => input.results);
    const others = results.filter((path) => asWritten[path] === undefined);
    await writeRecord(out, { ...record, checksums: { ...asWritten, ...(await checksumsOf(out, others)) } });
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

/** Of an ensemble, that over how it combines and the hashes of its members. Throws `InputError`. */
async function hashOfAll({ models, ensemble }: OpenedModels): Promise<string> {
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
