import { InputError, nextTurn, type Raster } from "@em-stellar/core";
import type { ImagePlace, ImageReader } from "@em-stellar/data/node";
import { count } from "../../count.js";
import { asModelTakes } from "../../prediction/as-model-takes.js";
import type { ModelNotes } from "../../prediction/model-notes.js";
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
  const unlike: (Range & { readonly name: string })[] = [];
  for (const [i, place] of places.entries()) {
    try {
      const range = rangeOf(await readImage(reader, place, channels));
      if (isUnlike(range, notes)) unlike.push({ ...range, name: place.name });
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
  const [first] = unlike;
  if (!first) return;
  const { lowest, highest } = notes?.training ?? {};
  const which = unlike.length === 1 ? first.name : `${count(unlike.length, "image")}, such as ${first.name}`;
  yield {
    type: "warning",
    message: `The model learnt from images with values from ${lowest} to ${highest} and normalises all images alike, but ${which}, has ${first.lowest} to ${first.highest}. Bring them to the same range first.`,
  };
}

interface Range {
  readonly lowest: number;
  readonly highest: number;
}

function rangeOf({ data }: Raster): Range {
  let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as number;
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  return { lowest, highest };
}

/** Whether a normalisation by fixed numbers would bring the image far from where the training images were, as 8 bits are from 16. */
function isUnlike({ lowest, highest }: Range, notes: ModelNotes | undefined): boolean {
  if (notes?.normalization.scope !== "training-set" || !notes.training) return false;
  const range = notes.training.highest - notes.training.lowest;
  const [below, above] = [notes.training.lowest - lowest, highest - notes.training.highest];
  return Math.max(below, above) > range / 2 || highest - lowest < range / 20;
}
