import { EmStellarError, eventsOf, nextTurn } from "@em-stellar/core";
import { DeviceError } from "@em-stellar/core/training";
import type { ImagePlace, ImageReader } from "@em-stellar/data/node";
import { inOrder } from "../../prediction/in-order.js";
import { maskRows } from "../../prediction/mask-rows.js";
import type { MeasureObjects } from "../../prediction/object-tools.js";
import type { Strip } from "../../prediction/predict-image.js";
import type { PredictionEvent } from "./events.js";
import { readImage } from "./images.js";
import type { InputFile } from "./inputs.js";
import type { predictorOf } from "./opened-models.js";
import { needsObjects, type OutputFile, type OutputForm } from "./output-files.js";
import { openOutputs, type PhysicalSize, type PredictedPage } from "./outputs.js";
import type { Checksums } from "./stored-outputs.js";

/** What is still to be done of an input. */
export interface Work {
  readonly input: InputFile;
  /** The images with their numbers in the file. */
  readonly pages: readonly { readonly page: number; readonly place: ImagePlace }[];
  readonly files: readonly OutputFile[];
  readonly size: PhysicalSize;
}

/** What is decided before the first image is predicted. */
export interface PredictionPlan {
  /** Predicts an image, and tells how many of its pixels are done. */
  readonly predict: ReturnType<typeof predictorOf>;
  /** Images that may be begun before the first of them is written. */
  readonly ahead: number;
  readonly reader: ImageReader;
  readonly channels: number;
  readonly form: OutputForm;
  readonly measureObjects: MeasureObjects;
  /** Objects of fewer pixels are left out. */
  readonly minArea: number;
  readonly work: readonly Work[];
  /** The output folder. */
  readonly out: string;
  /** Takes the checksums of what was written, writes the tables over all inputs, and tells where they are. */
  finish(written: Checksums): Promise<readonly string[]>;
}

/** Predicts image after image, and writes the rows of each as they come. */
export function predictAll(
  plan: PredictionPlan,
  peakBytes: () => number,
  signal?: AbortSignal,
): AsyncGenerator<PredictionEvent, void> {
  return eventsOf((tell) => predicting(plan, peakBytes, tell, signal));
}

async function predicting(
  { predict, ahead, reader, channels, form, work, out, measureObjects, minArea, finish }: PredictionPlan,
  peakBytes: () => number,
  tell: (event: PredictionEvent) => void,
  signal?: AbortSignal,
): Promise<void> {
  const places = work.flatMap(({ pages }) => pages.map(({ place }) => place));
  const pixelsInAll = places.reduce((sum, place) => sum + sizeOf(place), 0);
  const started = Date.now();
  const secondsSince = (time: number) => (Date.now() - time) / 1000;
  let [images, before] = [0, 0];
  const written: Record<string, string> = {};

  const pagesInAll = work.flatMap(({ pages, files }) => pages.map(({ page, place }) => ({ page, place, files })));
  /** The image that is being written; those behind it may have been begun. */
  let current: ImagePlace | undefined;
  const begin = async ({ place }: (typeof pagesInAll)[number]) => {
    const image = await readImage(reader, place, channels);
    const progress = { done: 0 };
    const tellProgress = () => {
      const all = { images, imagesInAll: places.length, pixelsInAll, doneInAll: before + progress.done };
      const seconds = secondsSince(started);
      tell({ type: "progress", name: place.name, pixels: sizeOf(place), done: progress.done, ...all, seconds });
    };
    const strips = predict(image, (done) => {
      progress.done = done;
      if (place === current) tellProgress();
    });
    const first = ahead > 1 ? strips.next() : undefined; // or nothing would happen until it is taken
    first?.catch(() => {}); // told when it is taken
    return { image, tellProgress, strips: stripsFrom(strips, first) };
  };
  const begun = inOrder(pagesInAll, ahead, begin);

  const predictOne = async (
    place: ImagePlace,
    findsObjects: boolean,
    add: (strip: Strip) => Promise<void>,
  ): Promise<{ object: number; predicted: PredictedPage | undefined }> => {
    current = place;
    const next = await begun.next();
    if (next.done) throw new Error("fewer images than places"); // one for each
    const { image, tellProgress, strips } = next.value;
    tellProgress();
    const meter = findsObjects ? measureObjects(image.width, image.height, { minimumSize: minArea }) : undefined;
    let object = 0;
    for await (const strip of strips) {
      signal?.throwIfAborted();
      object += countAbove(strip.data, form.threshold);
      meter?.add(maskRows(strip.data, form.threshold), strip.data);
      await add(strip);
    }
    return { object: object / sizeOf(place), predicted: meter && { image, objects: meter.end() } };
  };

  try {
    for (const { input, pages, files, size } of work) {
      const writer = openOutputs(input, files, form, size, out);
      try {
        for (const { page, place } of pages) {
          const begun = Date.now();
          const ofPage = files.filter((file) => file.pages.includes(page));
          const { object, predicted } = await predictOne(place, ofPage.some(needsObjects), (strip) =>
            writer.add(page, strip),
          );
          Object.assign(written, await writer.endPage(page, predicted));
          images++;
          before += sizeOf(place);
          const objects = predicted && { objects: predicted.objects.objects.length };
          tell({ type: "image-predicted", image: place.name, object, ...objects, seconds: secondsSince(begun) });
          await nextTurn(); // let signals and a display through
          signal?.throwIfAborted();
        }
      } finally {
        await writer.abandon(); // what has its name stays
      }
    }
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error;
    throw new EmStellarError(`${error.message} When predicting: smaller tiles (\`tile: 512\`), or less \`memory\`.`);
  }
  tell({
    type: "finished",
    out,
    images,
    pixels: pixelsInAll,
    seconds: secondsSince(started),
    peakBytes: peakBytes(),
    tables: await finish(written),
  });
}

/** By itself: in a function that waits, the loop takes ten times as long. */
function countAbove(values: Float32Array, threshold: number): number {
  let above = 0;
  for (let i = 0; i < values.length; i++) if ((values[i] as number) > threshold) above++;
  return above;
}

/** Strips of which the first may have been asked for already. */
async function* stripsFrom(
  strips: AsyncGenerator<Strip>,
  first: Promise<IteratorResult<Strip>> | undefined,
): AsyncGenerator<Strip> {
  const begun = await first;
  if (begun && !begun.done) yield begun.value;
  if (!begun?.done) yield* strips;
}

function sizeOf({ width, height }: ImagePlace): number {
  return width * height;
}
