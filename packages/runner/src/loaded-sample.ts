import {
  binarize,
  countedPixels,
  hashBytes,
  InputError,
  type ProbabilityMap,
  type Raster,
  requireSameSize,
  type Sample,
} from "@em-stellar/core";
import type { PlannedSample } from "./plan.js";

/** A sample in memory. */
export interface LoadedSample {
  readonly id: string;
  readonly image: Raster;
  readonly truth: ProbabilityMap;
  /** 1 where the object is. */
  readonly mask: Uint8Array;
  /** 1 where the mask says nothing: such pixels are neither learnt from nor scored. */
  readonly ignored?: Uint8Array;
}

/** Reads a sample; throws `InputError` for a missing mask, or one of another size than the image. */
export async function loadSample(sample: Sample): Promise<LoadedSample> {
  if (!sample.mask)
    throw new InputError(`Image "${sample.id}" has no mask, and a benchmark needs one for every image.`);
  const [image, truth] = [await sample.image(), await sample.mask()];
  requireSameSize(`Image "${sample.id}" and its mask`, image, truth);
  const { ignored } = truth;
  const mask = binarize(truth, 0.5);
  if (!ignored) return { id: sample.id, image, truth, mask };
  return { id: sample.id, image, truth, mask: mask.map((value, i) => (ignored[i] === 1 ? 0 : value)), ignored };
}

/** What a plan keeps of a sample; `indexed` where training keeps the places of its object pixels in memory too. Throws `InputError` where the image holds values that are no finite numbers. */
export async function describeSample(
  { group, stack, z }: Sample,
  loaded: LoadedSample,
  indexed: boolean,
): Promise<PlannedSample> {
  const { id, image, truth, mask } = loaded;
  let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < image.data.length; i++) {
    const value = image.data[i] as number;
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  if (!Number.isFinite(lowest) || !Number.isFinite(highest)) {
    throw new InputError(`Image "${id}" holds values that are not finite numbers. Replace them before training.`);
  }
  const objects = mask.reduce((sum, value) => sum + value, 0);
  const ignored = mask.length - countedPixels(truth);
  return {
    id,
    ...(group !== undefined && { group }),
    ...(stack !== undefined && { stack }),
    ...(z !== undefined && { z }),
    width: image.width,
    height: image.height,
    channels: image.channels,
    bytes: bytesOf(loaded) + (indexed ? 4 * objects : 0),
    lowest,
    highest,
    objects,
    ...(ignored > 0 && { ignored }),
    maximum: truth.maximum,
    image: await hashBytes(image.data),
    truth: await hashTruth(truth),
  };
}

/** Throws `InputError` where a sample is no longer what it was when the run was planned. */
export async function requireUnchanged(planned: PlannedSample, loaded: LoadedSample): Promise<void> {
  const { id, width, height, channels, maximum } = planned;
  const { image, truth } = loaded;
  const same =
    image.width === width &&
    image.height === height &&
    image.channels === channels &&
    truth.maximum === maximum &&
    (await hashBytes(image.data)) === planned.image &&
    (await hashTruth(truth)) === planned.truth;
  if (same) return;
  throw new InputError(
    `Image "${id}" or its mask has changed since the run was planned. Put the old file back and continue, or start over with the new one.`,
  );
}

function bytesOf({ image, truth, mask }: LoadedSample): number {
  const { data, ignored, instances } = truth;
  return (
    image.data.byteLength +
    data.byteLength +
    mask.byteLength +
    (ignored?.byteLength ?? 0) +
    (instances?.byteLength ?? 0)
  );
}

/** Of a mask that says nothing about some pixels, two hashes. */
async function hashTruth({ data, ignored }: ProbabilityMap): Promise<string> {
  const values = await hashBytes(data);
  return ignored ? `${values} ${await hashBytes(ignored)}` : values;
}
