import { binarize, InputError, type Raster, type RasterData, requireSameSize, type Sample } from "@em-stellar/core";

/** A training image as one grey value for each pixel, beside its mask of 0 and 1. */
export interface TrainingImage {
  readonly width: number;
  readonly height: number;
  readonly values: RasterData;
  readonly mask: Uint8Array;
  /** 1 where the mask says nothing; absent where it says something everywhere. */
  readonly ignored?: Uint8Array;
}

/**
 * Reads the training images one after the other. Throws `InputError` where there are none, where one has no mask or a
 * mask of another size, and at the end where no mask held an object.
 */
export async function* trainingImages(baseline: string, samples: Iterable<Sample>): AsyncGenerator<TrainingImage> {
  let count = 0;
  let hasObject = false;
  for (const sample of samples) {
    const map = await sample.mask?.();
    if (!map) {
      throw new InputError(
        `baseline "${baseline}" learns from masks, but sample "${sample.id}" has none. Give it labelled samples only.`,
      );
    }
    const image = await sample.image();
    requireSameSize(`The image and the mask of sample "${sample.id}"`, image, map);
    const { ignored } = map;
    const mask = ignored ? binarize(map, 0.5).map((value, i) => (ignored[i] === 1 ? 0 : value)) : binarize(map, 0.5);
    hasObject ||= mask.includes(1);
    count++;
    yield { width: image.width, height: image.height, values: greyValues(image), mask, ...(ignored && { ignored }) };
  }
  if (count === 0) throw new InputError(`baseline "${baseline}" was given no training samples. Give it at least one.`);
  if (!hasObject) {
    throw new InputError(
      `baseline "${baseline}" found no object in ${count} training masks. At least one pixel must be above half of the masks' range.`,
    );
  }
}

/** One value for each pixel: the image's own, or the mean of its channels. */
export function greyValues({ data, channels }: Raster): RasterData {
  if (channels === 1) return data;
  const values = new Float32Array(data.length / channels);
  for (let i = 0; i < values.length; i++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) sum += data[i * channels + channel] as number;
    values[i] = sum / channels;
  }
  return values;
}
