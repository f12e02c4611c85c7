import { InputError, nextTurn, type Raster } from "@em-stellar/core";
import type { ImagePlace, ImageReader } from "@em-stellar/data/node";
import { asModelTakes } from "../../prediction/as-model-takes.js";
import type { ModelNotes } from "../../prediction/model-notes.js";
import { isUnlike, type NamedRange, rangeOf, unlikeWarning } from "../../prediction/unlike-images.js";
import type { PredictionEvent } from "./events.js";

/** Reads an image as a model takes it: colours become grey, as where suites read images, unless the model takes colours. */
export async function readImage(reader: ImageReader, place: ImagePlace, channels: number): Promise<Raster> {
  return asModelTakes(await reader.readPage(place), channels, place.name);
}

/**
 * Decodes every image once: what cannot be used is known before the first is predicted. Throws `InputError` naming it;
 * warns of values that the model cannot have learnt anything about.
 */
export async function* checkImages(
  reader: ImageReader,
  places: readonly ImagePlace[],
  channels: number,
  notes: ModelNotes | undefined,
  signal?: AbortSignal,
): AsyncGenerator<PredictionEvent> {
  const started = Date.now();
  const problems: string[] = [];
  const unlike: NamedRange[] = [];
  for (const [i, place] of places.entries()) {
    try {
      const range = rangeOf(await readImage(reader, place, channels), place.name);
      if (isUnlike(range, notes)) unlike.push(range);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(error.message);
    }
    yield { type: "checked", images: places.length, done: i + 1, seconds: (Date.now() - started) / 1000 };
    await nextTurn(); // let signals and a display through
    signal?.throwIfAborted();
  }
  const [problem] = problems;
  if (problem !== undefined) {
    throw new InputError(problems.length === 1 ? problem : `Nothing was predicted.\n  ${problems.join("\n  ")}`);
  }
  const message = unlikeWarning(unlike, notes);
  if (message !== undefined) yield { type: "warning", message };
}
