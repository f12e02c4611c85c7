import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { type AnyRegistry, InputError, schemaVersion } from "@em-stellar/core";
import type { Device } from "@em-stellar/core/training";
import type { NormalizationOptions } from "@em-stellar/data";
import { shown } from "@em-stellar/data/node";
import { type ModelNotes, openModel, type PredictionOptions } from "@em-stellar/runner";
import { folderReader } from "@em-stellar/runner/node";
import type { LayersModel } from "@tensorflow/tfjs-layers";
import { environment } from "../environment.js";
import { startDevice } from "../start-device.js";
import { deviceLines } from "../terminal/device-lines.js";
import { count } from "../terminal/format.js";
import type { Terminal } from "../terminal/terminal.js";
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

export interface PredictOptions extends Omit<OutputForm, "threshold"> {
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
  readonly backend: string;
  readonly allowSoftware: boolean;
}

/** The choices of a prediction that says nothing but what, with which model, and where to. */
export const predictDefaults = {
  output: "probability",
  format: "png",
  bits: 16,
  threshold: null,
  normalization: null,
  tile: null,
  overlap: null,
  memory: 2 ** 30,
  fresh: false,
  backend: "auto",
  allowSoftware: false,
} as const satisfies Partial<PredictOptions>;

/**
 * Predicts images with a model and writes maps or masks. Everything that can be refused is refused before anything is
 * predicted; results that are there already, made in the same way, are not made again. Throws `InputError`.
 */
export async function predict(options: PredictOptions, registry: AnyRegistry, terminal: Terminal): Promise<void> {
  requireForm(options);
  const { folder, reasons } = await findModel(options.model);
  const inputs = await openInputs(options.inputs);
  const device = await startDevice(options, registry);
  const onInterrupt = () => {
    terminal.close();
    terminal.print("! Stopped. The same command goes on: images that are finished are kept.");
    process.exit(130);
  };
  process.once("SIGINT", onInterrupt);
  try {
    const { model: opened, notes } = await openModel(folderReader(folder), "", registry);
    const model = device.prepare(opened);
    try {
      tellModel(folder, notes, reasons, terminal);
      const plan = await prepare(model, notes, folder, inputs, options, device, terminal);
      await predictAll(plan, device, terminal);
      terminal.print(`Results: ${plan.out}`);
    } finally {
      model.dispose();
    }
  } finally {
    process.off("SIGINT", onInterrupt);
    terminal.close();
    await device.dispose();
  }
}

function requireForm({ format, bits, output }: PredictOptions): void {
  if (bits !== 32) return;
  if (format === "png") throw new InputError("A PNG has no 32-bit floats. Leave --bits out, or add --format tiff.");
  if (output === "mask") throw new InputError("A mask has 8 bits. Leave --bits out, or ask for --output both.");
}

function tellModel(
  folder: string,
  notes: ModelNotes | undefined,
  reasons: readonly string[],
  terminal: Terminal,
): void {
  const { network, training } = notes ?? {};
  const from = training && ` of suite ${training.suite}, fold ${training.fold}, seed ${training.seed}`;
  const by =
    training &&
    `, best by ${training.criterion} (${training.value.toFixed(3)} on validation images) at step ${training.step}`;
  terminal.print(`Model:  ${training?.method ?? network?.id ?? basename(folder)}${from ?? ""}${by ?? ""}`);
  terminal.print(`        ${shown(folder)}`);
  for (const reason of reasons) terminal.print(reason.startsWith("!") ? reason : `        ${reason}`);
}

/** Settles how to predict, and makes sure that it can be done. */
async function prepare(
  model: LayersModel,
  notes: ModelNotes | undefined,
  folder: string,
  inputs: readonly InputFile[],
  options: PredictOptions,
  device: Device,
  terminal: Terminal,
): Promise<PredictionPlan> {
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
  tellImages(inputs, work, out, terminal);
  const places = work.flatMap(({ pages }) => pages.map(({ place }) => place));
  await checkImages(places, channels, notes, terminal);
  terminal.print(`Device: ${device.description}`);
  for (const line of deviceLines(device)) terminal.print(line);

  if (before && options.fresh) await removePredictions(out, before);
  await removeUnfinished(out);
  const names = new Set(inputs.map(({ name }) => name));
  const kept = before && !options.fresh ? before.inputs.filter(({ name }) => !names.has(name)) : [];
  const record: PredictionRecord = {
    kind: "predictions",
    schemaVersion,
    settings,
    checkpoint: folder,
    model: notes ?? null,
    environment: { ...environment(), backend: device.backend, device: device.description, ...device.details },
    inputs: [...kept, ...records],
  };
  await writeRecord(out, record);
  const stride = notes?.stride === undefined ? {} : { stride: notes.stride };
  return { model, prediction: { normalization, ...stride, tile, overlap, memory }, channels, form, work, out };
}

function normalizationOf(
  notes: ModelNotes | undefined,
  method: PredictOptions["normalization"],
  folder: string,
): PredictionOptions["normalization"] {
  if (notes && method !== null) {
    throw new InputError(
      `The model says itself how its images were normalised (${notes.normalization.method}, by ${notes.normalization.scope}). Leave --normalization out.`,
    );
  }
  if (notes) return notes.normalization;
  if (method !== null) return { method, scope: "image" };
  throw new InputError(
    `${shown(folder)} has no segmentation.json, so nobody knows how the model's images were normalised. Say it: --normalization z-score (each image to mean 0, deviation 1) or min-max (to 0 … 1). Or write that file: docs/predict.md shows how.`,
  );
}

function tellImages(inputs: readonly InputFile[], work: readonly Work[], out: string, terminal: Terminal): void {
  const all = inputs.flatMap(({ pages }) => pages);
  const sizes = [...new Set(all.map(({ width, height }) => `${width} × ${height}`))];
  const size = sizes.length === 1 ? `of ${sizes[0]} pixels` : `of ${sizes.length} sizes`;
  const left = work.reduce((sum, { pages }) => sum + pages.length, 0);
  const before = left < all.length ? `; ${all.length - left} of them are in ${shown(out)} already` : "";
  terminal.print(`Images: ${count(all.length, "image")} ${size}${before}`);
}

/** SHA-256 over the model and its weights. */
async function hashOf(folder: string): Promise<string> {
  const text = await readFile(join(folder, "model.json"), "utf8");
  const { weightsManifest }: { weightsManifest: { paths: string[] }[] } = JSON.parse(text);
  const hash = createHash("sha256").update(text);
  for (const path of weightsManifest.flatMap(({ paths }) => paths)) hash.update(await readFile(join(folder, path)));
  return hash.digest("hex");
}
