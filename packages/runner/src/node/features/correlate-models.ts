import { resolve } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { commonGrid, correlateFeatures, correlationWork, type GridSize } from "@em-stellar/analysis/features";
import {
  type Features,
  type FeaturesOfModel,
  featuresSchema,
  memoryStore,
  schemaVersion,
  writeJson,
  writeText,
} from "@em-stellar/core";
import type { Device } from "@em-stellar/core/training";
import { encodePng } from "@em-stellar/data";
import { featuresSentence, renderFeatures as renderPage } from "@em-stellar/report";
import { environment } from "../environment.js";
import { registryOf } from "../plugins.js";
import { requireOwnFolder, writeFolder } from "../result-folder.js";
import { startDevice } from "../start-device.js";
import { deviceLines } from "../terminal/device-lines.js";
import { renderFeatures } from "../terminal/feature-progress.js";
import { count, duration } from "../terminal/format.js";
import type { Terminal } from "../terminal/terminal.js";
import { textTable } from "../terminal/text-table.js";
import { type ChosenImage, chooseImages, hashOf, pictureOf, shownTo } from "./images.js";
import { openModels, type TrainedModel } from "./models.js";
import { warningsOf } from "./warnings.js";

export interface FeaturesOptions {
  /** Folders of trained models. */
  readonly models: readonly string[];
  /** Files and folders of images. */
  readonly images: readonly string[];
  readonly out: string;
  /** Images at most, evenly picked. */
  readonly count: number;
  /** Pixels at most of an image's side; its middle is taken. */
  readonly side: number;
  /** Feature maps are twins at an |r| above it. */
  readonly threshold: number;
  /** Id of a backend, or `auto`. */
  readonly backend: string;
  readonly allowSoftware: boolean;
  /** Packages and ./files of plugins whose layers the models have. */
  readonly plugins: readonly string[];
  /** What repeats this, for the record. */
  readonly command: string;
}

/** The choices where nothing is said but which models and images. The paper's images have a side of 512 pixels. */
export const featuresDefaults = {
  count: 8,
  side: 512,
  threshold: 0.9,
  backend: "auto",
  allowSoftware: false,
  plugins: [],
} as const satisfies Partial<FeaturesOptions>;

/** Bins of the histograms in `features.json`. */
const bins = 100;
const leavings = { file: "features.json", kind: "features" };

/**
 * Correlates the feature channels of trained models on some images, and leaves numbers, pictures and a page in a folder.
 * Throws `InputError`, before any work, for what cannot be used. Nothing is written until all is computed.
 */
export async function features(options: FeaturesOptions, terminal: Terminal): Promise<Features> {
  const started = Date.now();
  const out = resolve(options.out);
  await requireOwnFolder(out, leavings);
  const registry = await registryOf(options.plugins);
  const device = await startDevice(options, registry);
  let writing = false;
  const onInterrupt = () => {
    if (writing) return; // a moment later everything is there
    terminal.close();
    terminal.print("! Stopped. Nothing was written.");
    process.exit(130);
  };
  process.on("SIGINT", onInterrupt);
  let models: readonly TrainedModel[] = [];
  try {
    models = await openModels(options.models, registry);
    // One part of each image for all models: what one is shown and another is not would look like a difference between them.
    const stride = models.map(({ notes }) => notes.stride ?? 64).reduce(leastCommonMultiple);
    const images = await chooseImages(options.images, { ...options, stride });
    terminal.print(`Models: ${models.map(({ name }) => name).join(", ")}`);
    terminal.print(
      `Images: ${count(images.length, "image")} (${images.map(({ name }) => name).join(", ")}), on ${device.description}`,
    );
    for (const line of models.flatMap(({ reasons }) => reasons)) terminal.print(line);
    for (const why of deviceLines(device)) terminal.print(why);
    const grids = images.map(({ part }) =>
      commonGrid(
        models.map(({ model }) => model),
        { ...part, channels: 1 },
      ),
    );
    const store = memoryStore();
    const found = await correlateAll(models, images, grids, options, { store, terminal });
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
      environment: { ...environment(), ...described(device), command: options.command },
      warnings: warningsOf({ images: sizes, models: found }),
    } satisfies Features);
    await writeJson(store, leavings.file, complete);
    await writeText(store, "report/index.html", await renderPage(complete, { store }));
    writing = true;
    await writeFolder(store, out, leavings);
    tellResults(complete, out, (Date.now() - started) / 1000, terminal);
    return complete;
  } finally {
    process.off("SIGINT", onInterrupt);
    terminal.close();
    for (const { model } of models) model.dispose();
    await device.dispose();
  }
}

async function correlateAll(
  models: readonly TrainedModel[],
  images: readonly ChosenImage[],
  grids: readonly GridSize[],
  { threshold }: FeaturesOptions,
  { store, terminal }: { store: ReturnType<typeof memoryStore>; terminal: Terminal },
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
          const progress = {
            model: name,
            image: image + 1,
            images: images.length,
            done: before + done,
            total,
            seconds,
          };
          terminal.draw(renderFeatures(progress, terminal.columns));
          await nextTurn(); // let Ctrl-C and the terminal through
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
    terminal.print(
      `✓ ${name}  ${count(features.channels, "channel")} in ${count(features.blocks.length, "block")}, ${duration(seconds)}`,
    );
  }
  terminal.draw([]);
  return found;
}

function tellResults(
  { models, threshold, warnings, ...rest }: Features,
  out: string,
  seconds: number,
  terminal: Terminal,
) {
  const digits = (value: number | null) => (value === null ? "n/a" : value.toFixed(3));
  const share = (value: number | null) => (value === null ? "n/a" : `${(100 * value).toFixed(1)} %`);
  const dead = ({ blocks }: FeaturesOfModel) => blocks.reduce((sum, block) => sum + block.dead, 0);
  const header = ["", "model", "channels", "dead", "mean |r|", `|r| > ${threshold}`, "with a twin"];
  const rows = models
    .toSorted((a, b) => (a.redundancy.meanAbs ?? 2) - (b.redundancy.meanAbs ?? 2))
    .map((model, i) => [
      String(i + 1),
      model.name,
      String(model.channels),
      String(dead(model)),
      digits(model.redundancy.meanAbs),
      share(model.redundancy.above),
      share(model.redundancy.twins),
    ]);
  terminal.print();
  terminal.print(textTable(header, rows));
  terminal.print();
  for (const { message } of warnings) terminal.print(`! ${message}`);
  terminal.print(featuresSentence({ models, threshold, warnings, ...rest }));
  terminal.print(`Took ${duration(seconds)}.`);
  terminal.print(`Report:  ${resolve(out, "report", "index.html")}`);
  terminal.print(`Results: ${resolve(out, leavings.file)}`);
}

function described({ backend, description, details }: Device): Record<string, string> {
  return { ...details, backend, device: description };
}

function leastCommonMultiple(a: number, b: number): number {
  const greatest = (x: number, y: number): number => (y === 0 ? x : greatest(y, x % y));
  return (a * b) / greatest(a, b);
}
