import { EmStellarError, eventsOf, nextTurn } from "@em-stellar/core";
import { type Device, DeviceError } from "@em-stellar/core/training";
import type { ImagePlace, ImageReader } from "@em-stellar/data/node";
import { maskRows } from "../../prediction/mask-rows.js";
import type { MeasureObjects } from "../../prediction/object-tools.js";
import type { Strip } from "../../prediction/predict-image.js";
import type { PredictionEvent } from "./events.js";
import { readImage } from "./images.js";
import type { InputFile } from "./inputs.js";
import type { predictorOf } from "./opened-models.js";
import { needsObjects, type OutputFile, type OutputForm } from "./output-files.js";
import { openOutputs, type PhysicalSize, type PredictedPage } from "./outputs.js";

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
  readonly reader: ImageReader;
  readonly channels: number;
  readonly form: OutputForm;
  readonly measureObjects: MeasureObjects;
  /** Objects of fewer pixels are left out. */
  readonly minArea: number;
  readonly work: readonly Work[];
  /** The output folder. */
  readonly out: string;
  /** Writes the tables over all inputs, and tells where they are. */
  finish(): Promise<readonly string[]>;
}

/** Predicts image after image, and writes the rows of each as they come. */
export function predictAll(
  plan: PredictionPlan,
  device: Device,
  signal?: AbortSignal,
): AsyncGenerator<PredictionEvent, void> {
  return eventsOf((tell) => predicting(plan, device, tell, signal));
}

async function predicting(
  { predict, reader, channels, form, work, out, measureObjects, minArea, finish }: PredictionPlan,
  device: Device,
  tell: (event: PredictionEvent) => void,
  signal?: AbortSignal,
): Promise<void> {
  const places = work.flatMap(({ pages }) => pages.map(({ place }) => place));
  const pixelsInAll = places.reduce((sum, place) => sum + sizeOf(place), 0);
  const started = Date.now();
  const secondsSince = (time: number) => (Date.now() - time) / 1000;
  let [images, before] = [0, 0];

  const predictOne = async (
    place: ImagePlace,
    findsObjects: boolean,
    add: (strip: Strip) => Promise<void>,
  ): Promise<{ object: number; predicted: PredictedPage | undefined }> => {
    const pixels = sizeOf(place);
    const onProgress = (done: number) => {
      const all = { images, imagesInAll: places.length, pixelsInAll, doneInAll: before + done };
      tell({ type: "progress", name: place.name, pixels, done, ...all, seconds: secondsSince(started) });
    };
    onProgress(0);
    const image = await readImage(reader, place, channels);
    const meter = findsObjects ? measureObjects(image.width, image.height, { minimumSize: minArea }) : undefined;
    let object = 0;
    for await (const strip of predict(image, onProgress)) {
      signal?.throwIfAborted();
      for (let i = 0; i < strip.data.length; i++) if ((strip.data[i] as number) > form.threshold) object++;
      meter?.add(maskRows(strip.data, form.threshold), strip.data);
      await add(strip);
    }
    return { object: object / pixels, predicted: meter && { image, objects: meter.end() } };
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
          await writer.endPage(page, predicted);
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
    peakBytes: device.peakBytes(),
    tables: await finish(),
  });
}

function sizeOf({ width, height }: ImagePlace): number {
  return width * height;
}
