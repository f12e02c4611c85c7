import type { PlanesReading } from "@em-stellar/data";
import { type ImagePlace, imageReaderOf, openImageSet, openMethods } from "@em-stellar/data/node";
import {
  chooseScores,
  type EvaluationContext,
  type EvaluationOptions,
  evaluate,
  evaluationDefaults,
} from "../evaluate.js";
import type { EvaluationEvent } from "../events.js";
import type { MetricTools } from "./file-tools.js";
import { createThreadPool } from "./thread-pool.js";

export interface FileEvaluationOptions extends EvaluationOptions {
  /** Folder of images, or a TIFF stack. */
  readonly truth: string;
  /** Folder of methods, or the images of one method, or a TIFF stack. */
  readonly predictions: string;
  /** Folder of images of the microscope, or a TIFF stack; `null`: none. */
  readonly images: string | null;
  /** Folders inside `predictions` that are no methods. */
  readonly except: readonly string[];
  /** What the planes of TIFFs are that may be slices or colours. */
  readonly planes: PlanesReading;
  /** Threads at a time. */
  readonly workers: number;
}

type Given = Partial<FileEvaluationOptions> & Pick<FileEvaluationOptions, "name" | "truth" | "predictions">;

/** What an evaluation of files is handed. */
export interface FileEvaluationContext
  extends MetricTools,
    Pick<EvaluationContext, "store" | "pictured" | "environment"> {
  /** A module that calls `serveTasks` with the same metrics: what threads run. */
  readonly entry: URL;
  /** What the module finds in `workerData`: the names of plugins, for instance. */
  readonly setup?: unknown;
  /** Ends the evaluation, and its threads. */
  readonly signal?: AbortSignal;
}

/** `evaluate` for files: opens folders and stacks, and scores methods in threads. Throws `InputError` for what cannot be used. */
export async function* evaluateFiles(given: Given, context: FileEvaluationContext): AsyncGenerator<EvaluationEvent> {
  const options = { ...evaluationDefaults, images: null, except: [], planes: "auto" as const, workers: 1, ...given };
  const { registry, counting, entry, setup, signal } = context;
  chooseScores(options, registry); // a wrong name costs no time
  const { truth: path, predictions, images } = options;
  const reader = imageReaderOf(registry, options.planes);
  const truth = await openImageSet(path, "`truth`", reader);
  const others = [...options.except, path, ...(images === null ? [] : [images])];
  const methods = await openMethods(predictions, truth.images.length, others, "`predictions`", reader);
  const raw = images === null ? null : await openImageSet(images, "`images`", reader);
  const tools = { registry, counting };
  const pool = createThreadPool({ size: options.workers, entry, setup, tools, ...(signal && { signal }) });
  try {
    const sets = { truth, methods, images: raw };
    yield* evaluate<ImagePlace>(sets, options, { ...context, read: reader.readPage, performer: pool.performer });
  } finally {
    await pool.close();
  }
}
