import type { AnyRegistry } from "@em-stellar/core";
import type { Device } from "@em-stellar/core/training";
import { imageReaderOf, shown } from "@em-stellar/data/node";
import type { MeasureObjects } from "../../prediction/object-tools.js";
import { computerOf } from "../../prediction/predict-image.js";
import type { PredictionEvent } from "./events.js";
import { findModel } from "./find-model.js";
import { checkImages } from "./images.js";
import { openInputs } from "./inputs.js";
import { type OpenedModels, openModels } from "./opened-models.js";
import { predictAll } from "./predict-all.js";
import { type FilePredictionOptions, filePredictionDefaults, requireForm } from "./prediction-options.js";
import { prepare } from "./prepare.js";
import { startTileWorkers, type TileWorkersOptions } from "./tile-workers.js";
import { workersFor } from "./worker-count.js";

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
      const plan = yield* prepare(opened, { reader, inputs }, options, device, environment);
      const size = tileWorkers ? workersFor(options, device, plan) : 1;
      // They start while the images are looked through.
      const workers =
        tileWorkers && size > 1
          ? startTileWorkers({
              ...threadsFor(size, opened),
              entry: tileWorkers.entry,
              setup: { ...tileWorkers.setup(device), folder: opened.folder },
              models: opened.models.length,
            })
          : undefined;
      const stop = () => void workers?.close();
      signal?.addEventListener("abort", stop);
      try {
        const places = plan.work.flatMap(({ pages }) => pages.map(({ place }) => place));
        yield* checkImages(reader, places, plan.channels, notes, signal);
        yield { type: "prediction-started", device, workers: size };
        await plan.begin();
        const ahead = workers ? size + 1 : 1;
        const predict = plan.predictWith(workers?.computers);
        const peakBytes = () => device.peakBytes() + (workers?.peakBytes() ?? 0);
        yield* predictAll({ ...plan, measureObjects, minArea: options.minArea, predict, ahead }, peakBytes, signal);
      } catch (error) {
        signal?.throwIfAborted(); // then that is why the threads ended
        throw error;
      } finally {
        signal?.removeEventListener("abort", stop);
        await workers?.close();
      }
    } finally {
      for (const { model } of opened.models) model.dispose();
    }
  } finally {
    await device.dispose();
  }
}

/** Of more threads than this, one has enough to do with cutting images, putting tiles together and writing files. */
const fewThreads = 3;

/** Which threads predict: of a few, this one and others, and so one device and one model fewer are started. */
function threadsFor(size: number, { models }: OpenedModels): Pick<TileWorkersOptions, "size" | "own"> {
  return size > fewThreads ? { size } : { size: size - 1, own: models.map(({ model }) => computerOf(model)) };
}
