import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { type AnyRegistry, InputError, parseJson, schemaVersion } from "@em-stellar/core";
import type { Device } from "@em-stellar/core/training";
import type { NormalizationOptions } from "@em-stellar/data";
import { type ImageReader, imageReaderOf, shown } from "@em-stellar/data/node";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { parseModelJson } from "../../prediction/model-json.js";
import type { ModelNotes } from "../../prediction/model-notes.js";
import { modelFiles, openModel } from "../../prediction/open-model.js";
import type { PredictionOptions } from "../../prediction/predict-image.js";
import { folderReader } from "../folder-store.js";
import type { PredictionEvent } from "./events.js";
import { findModel } from "./find-model.js";
import { checkImages } from "./images.js";
import { type InputFile, openInputs } from "./inputs.js";
import { missing, type OutputForm, outputsOf } from "./outputs.js";
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

export interface FilePredictionOptions extends Omit<OutputForm, "threshold"> {
  /** Folder of a checkpoint, a job or a run. */
  readonly model: string;
  /** Files and folders. */
  readonly inputs: readonly string[];
  readonly out: string;
  /** `null`: the model's. */
  readonly threshold: number | null;
  /** Of the images, where the model does not say; `null`: it does. */
  readonly normalization: NormalizationOptions["method"] | null;
  /** Longest side of a tile in pixels; `null`: as `memory` allows. */
  readonly tile: number | null;
  /** Pixels that tiles share on each side; `null`: as far as the model sees. */
  readonly overlap: number | null;
  /** Bytes that tensors may take; images that need more are cut into tiles. */
  readonly memory: number;
  /** Removes what earlier predictions left in the folder. */
  readonly fresh: boolean;
}

/** The choices of a prediction that says nothing but what, with which model, and where to. */
export const filePredictionDefaults = {
  output: "probability",
  format: "png",
  bits: 16,
  threshold: null,
  normalization: null,
  tile: null,
  overlap: null,
  memory: 2 ** 30,
  fresh: false,
} as const satisfies Partial<FilePredictionOptions>;

type Given = Partial<FilePredictionOptions> & Pick<FilePredictionOptions, "model" | "inputs" | "out">;

/** What the prediction of files is handed. */
export interface FilePredictionContext {
  /** Where the layers of models come from. */
  readonly registry: AnyRegistry;
  /** Starts the device, once there are a model and images. It is disposed of at the end. */
  readonly startDevice: () => Promise<Device>;
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
  { registry, startDevice, environment, signal }: FilePredictionContext,
): AsyncGenerator<PredictionEvent, void> {
  const options: FilePredictionOptions = { ...filePredictionDefaults, ...given };
  requireForm(options);
  const { folder, reasons } = await findModel(options.model);
  const reader = imageReaderOf(registry);
  const inputs = await openInputs(options.inputs, reader);
  const device = await startDevice();
  try {
    const { model: opened, notes } = await openModel(folderReader(folder), "", registry);
    const model = device.prepare(opened);
    try {
      yield { type: "model-opened", folder: shown(folder), notes, reasons };
      const plan = yield* prepare({ model, notes, folder }, { reader, inputs }, options, device, environment, signal);
      yield { type: "prediction-started", device };
      await plan.begin();
      yield* predictAll(plan, device, signal);
    } finally {
      model.dispose();
    }
  } finally {
    await device.dispose();
  }
}

function requireForm({ format, bits, output }: FilePredictionOptions): void {
  if (bits !== 32) return;
  if (format === "png") throw new InputError("A PNG has no 32-bit floats. Leave `bits` out, or add `format: tiff`.");
  if (output === "mask") throw new InputError("A mask has 8 bits. Leave `bits` out, or ask for `output: both`.");
}

interface ChosenModel {
  readonly model: LayersModel;
  readonly notes: ModelNotes | undefined;
  readonly folder: string;
}

/** Settles how to predict, and makes sure that it can be done. */
async function* prepare(
  { model, notes, folder }: ChosenModel,
  { reader, inputs }: { readonly reader: ImageReader; readonly inputs: readonly InputFile[] },
  options: FilePredictionOptions,
  device: Device,
  environment: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): AsyncGenerator<PredictionEvent, PredictionPlan & { begin(): Promise<void> }> {
  const { tile, overlap, memory, output, format, bits } = options;
  const out = resolve(options.out);
  const normalization = normalizationOf(notes, options.normalization, folder);
  const threshold = options.threshold ?? notes?.threshold ?? 0.5;
  const form: OutputForm = { output, format, bits, threshold };
  const settings = {
    model: await hashOf(folder),
    normalization: JSON.stringify(normalization),
    output,
    format,
    bits,
    ...(output !== "probability" && { threshold }),
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
  const work = inputs.flatMap((input): Work[] => {
    const all = outputsOf(input, form);
    const files = options.fresh ? all : missing(all, out);
    const wanted = new Set(files.flatMap((file) => file.pages));
    const pages = input.pages.map((place, page) => ({ page, place })).filter(({ page }) => wanted.has(page));
    return pages.length > 0 ? [{ input, pages, files }] : [];
  });
  yield found(inputs, work, out);
  const places = work.flatMap(({ pages }) => pages.map(({ place }) => place));
  yield* checkImages(reader, places, channels, notes, signal);

  const names = new Set(inputs.map(({ name }) => name));
  const kept = before && !options.fresh ? before.inputs.filter(({ name }) => !names.has(name)) : [];
  const record: PredictionRecord = {
    kind: "predictions",
    schemaVersion,
    settings,
    checkpoint: folder,
    model: notes ?? null,
    environment: { ...environment, backend: device.backend, device: device.description, ...device.details },
    inputs: [...kept, ...records],
  };
  const begin = async () => {
    if (before && options.fresh) await removePredictions(out, before);
    await removeUnfinished(out);
    await writeRecord(out, record);
  };
  const stride = notes?.stride === undefined ? {} : { stride: notes.stride };
  const prediction = { normalization, ...stride, tile, overlap, memory };
  return { model, prediction, reader, channels, form, work, out, begin };
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
