import { commonGrid, correlateFeatures, correlationWork, type GridSize } from "@em-stellar/analysis/features";
import {
  type AnyRegistry,
  eventsOf,
  type Features,
  type FeaturesOfModel,
  featuresSchema,
  nextTurn,
  type RunStore,
  schemaVersion,
  writeJson,
} from "@em-stellar/core";
import type { Device } from "@em-stellar/core/training";
import type { PlanesReading } from "@em-stellar/data";
import { encodePng } from "@em-stellar/data";
import { imageReaderOf } from "@em-stellar/data/node";
import type { FeaturesEvent } from "./events.js";
import { type ChosenImage, chooseImages, hashOf, pictureOf, shownTo } from "./images.js";
import { openModels, type TrainedModel } from "./models.js";
import { warningsOf } from "./warnings.js";

export interface FeaturesOptions {
  /** Folders of trained models. */
  readonly models: readonly string[];
  /** Files and folders of images. */
  readonly images: readonly string[];
  /** Images at most, evenly picked. */
  readonly count: number;
  /** Pixels at most of an image's side; its middle is taken. */
  readonly side: number;
  /** Feature maps are twins at an |r| above it. */
  readonly threshold: number;
  /** What the planes of TIFFs are that may be slices or colours. */
  readonly planes: PlanesReading;
}

/** The choices where nothing is said but which models and images. The paper's images have a side of 512 pixels. */
export const featuresDefaults = {
  count: 8,
  side: 512,
  threshold: 0.9,
  planes: "auto",
} as const satisfies Partial<FeaturesOptions>;

/** Bins of the histograms in `features.json`. */
const bins = 100;

/** What a feature correlation is handed. */
export interface FeaturesContext {
  /** Where the layers of models come from. */
  readonly registry: AnyRegistry;
  /** It is disposed of at the end. */
  readonly startDevice: () => Promise<Device>;
  /** Gets `features.json` and pictures. */
  readonly store: RunStore;
  /** Where it takes place, for the record. */
  readonly environment: Readonly<Record<string, string>>;
  /** Ends the work between two images. */
  readonly signal?: AbortSignal;
}

type Given = Partial<FeaturesOptions> & Pick<FeaturesOptions, "models" | "images">;

/**
 * Correlates the feature channels of trained models on some images, and tells what happens; the last event carries what was
 * found. Throws `InputError`, before any work, for what cannot be used, and the signal's reason where it is aborted.
 * It stands here rather than in analysis, which reads no files and knows no trained models.
 */
export async function* correlateModels(given: Given, context: FeaturesContext): AsyncGenerator<FeaturesEvent, void> {
  const options: FeaturesOptions = { ...featuresDefaults, ...given };
  const { registry, store, environment, signal } = context;
  const device = await context.startDevice();
  let models: readonly TrainedModel[] = [];
  try {
    models = await openModels(options.models, registry);
    // One part of each image for all models: what one is shown and another is not would look like a difference between them.
    const stride = models.map(({ notes }) => notes.stride ?? 64).reduce(leastCommonMultiple);
    const images = await chooseImages(options.images, { ...options, stride }, imageReaderOf(registry, options.planes));
    yield {
      type: "opened",
      models: models.map(({ name }) => name),
      images: images.map(({ name }) => name),
      device,
      reasons: models.flatMap(({ reasons }) => reasons),
    };
    const grids = images.map(({ part }) =>
      commonGrid(
        models.map(({ model }) => model),
        { ...part, channels: 1 },
      ),
    );
    const work = { models, images, grids, threshold: options.threshold, store };
    const found = yield* eventsOf<FeaturesEvent, FeaturesOfModel[]>((tell) => correlateAll(work, tell, signal));
    const [first] = images as [ChosenImage, ...ChosenImage[]]; // a set has at least one image
    const picture = "pictures/image.png";
    await store.write(picture, encodePng(pictureOf(first)));
    const sizes = images.map(({ name, part }, i) => ({
      name,
      width: part.width,
      height: part.height,
      grid: grids[i] as GridSize, // one for each
    }));
    const complete = featuresSchema.parse({
      schemaVersion,
      kind: "features",
      finished: new Date().toISOString(),
      images: sizes,
      picture,
      hash: hashOf(images),
      threshold: options.threshold,
      bins,
      models: found,
      environment: described(environment, device),
      warnings: warningsOf({ images: sizes, models: found }),
    } satisfies Features);
    await writeJson(store, "features.json", complete);
    yield { type: "finished", features: complete };
  } finally {
    for (const { model } of models) model.dispose();
    await device.dispose();
  }
}

interface Work {
  readonly models: readonly TrainedModel[];
  readonly images: readonly ChosenImage[];
  readonly grids: readonly GridSize[];
  readonly threshold: number;
  readonly store: RunStore;
}

async function correlateAll(
  { models, images, grids, threshold, store }: Work,
  tell: (event: FeaturesEvent) => void,
  signal?: AbortSignal,
): Promise<FeaturesOfModel[]> {
  const sizes = images.map(({ part }) => ({ ...part, channels: 1 }));
  const work = models.map(({ model }) => correlationWork(model, sizes, grids));
  const total = work.reduce((sum, each) => sum + each, 0);
  const started = Date.now();
  const found: FeaturesOfModel[] = [];
  let before = 0;
  for (const [i, { name, path, model, notes }] of models.entries()) {
    const since = Date.now();
    const { features, sheets } = await correlateFeatures(
      model,
      images.map((image) => shownTo(notes, image)),
      {
        threshold,
        bins,
        grids,
        onProgress: async ({ image, done }) => {
          const seconds = (Date.now() - started) / 1000;
          const all = { images: images.length, done: before + done, total, seconds };
          tell({ type: "progress", model: name, image: image + 1, ...all });
          await nextTurn(); // let signals and a display through
          signal?.throwIfAborted();
        },
      },
    );
    before += work[i] as number; // one for each
    const folder = `pictures/${i + 1}-${name.replace(/[^\w.-]+/g, "-")}`;
    const stored: FeaturesOfModel["sheets"] = [];
    for (const [b, { columns, channels, ...sheet }] of sheets.entries()) {
      const file = `${folder}/${String(features.blocks[b]?.name).replace(/[^\w.-]+/g, "-")}.png`;
      await store.write(file, encodePng({ ...sheet, channels: 2 }));
      stored.push({ path: file, columns, channels: [...channels] });
    }
    const seconds = (Date.now() - since) / 1000;
    const step = notes.training?.step;
    found.push({
      ...features,
      name,
      path,
      network: model.name,
      ...(step !== undefined && { step }),
      seconds,
      sheets: stored,
    });
    tell({
      type: "model-correlated",
      model: name,
      channels: features.channels,
      blocks: features.blocks.length,
      seconds,
    });
  }
  return found;
}

function described(
  environment: Readonly<Record<string, string>>,
  { backend, description, details }: Device,
): Record<string, string> {
  const { command, ...place } = environment;
  return { ...place, ...details, backend, device: description, ...(command !== undefined && { command }) };
}

function leastCommonMultiple(a: number, b: number): number {
  const greatest = (x: number, y: number): number => (y === 0 ? x : greatest(y, x % y));
  return (a * b) / greatest(a, b);
}
