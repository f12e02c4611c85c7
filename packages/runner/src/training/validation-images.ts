import { createRandom, type Raster } from "@em-stellar/core";
import { cropMask, cropPatch, type Normalization } from "@em-stellar/data";
import {
  type AugmentationOptions,
  augment,
  augmentMasks,
  changeIntensity,
  drawIntensity,
  drawTransform,
} from "@em-stellar/data/augmentation";
import { dispose, tensor4d } from "@tensorflow/tfjs-core";
import type { LoadedSample } from "../loaded-sample.js";

/** The normalisation of a sample's image. */
export type Normalize = (sample: LoadedSample) => Normalization;

/** An image that a training is validated on, with its mask of 0 and 1. */
export interface ValidationImage {
  readonly id: string;
  readonly image: Raster;
  readonly normalization: Normalization;
  readonly mask: Uint8Array;
  /** 1 where the mask says nothing. */
  readonly ignored?: Uint8Array;
}

/** A whole image as it is. */
export function normalizedImage(sample: LoadedSample, normalize: Normalize): ValidationImage {
  const { id, image, mask, ignored } = sample;
  return { id, image, mask, ...(ignored && { ignored }), normalization: normalize(sample) };
}

/** The middle square of an image, transformed: validation as the paper did it, the same image at every validation. */
export async function augmentedImage(
  sample: LoadedSample,
  normalize: Normalize,
  options: AugmentationOptions,
  seed: string,
): Promise<ValidationImage> {
  const { width, height, channels } = sample.image;
  const side = Math.min(width, height);
  const [x, y] = [Math.floor((width - side) / 2), Math.floor((height - side) / 2)];
  const image = new Float32Array(side * side * channels);
  const mask = new Float32Array(side * side);
  cropPatch(sample.image, normalize(sample), x, y, side, image, 0);
  cropMask(sample.mask, width, height, x, y, side, mask, 0);
  const before = { images: tensor4d(image, [1, side, side, channels]), masks: tensor4d(mask, [1, side, side, 1]) };
  const random = createRandom(`${seed}/validation/${sample.id}`);
  const transforms = [drawTransform(random, options, side)];
  const moved = augment(before.images, before.masks, transforms);
  const shades = createRandom(`${seed}/validation/${sample.id}/intensity`);
  const images = changeIntensity(moved.images, [drawIntensity(shades, options, side)], options);
  const after = { images, masks: moved.masks };
  const ignored = sample.ignored && (await transformed(sample.ignored, width, height, x, y, side, transforms));
  const augmented: ValidationImage = {
    id: sample.id,
    image: { width: side, height: side, channels, data: Float32Array.from(await after.images.data()) },
    normalization: { offset: 0, scale: 1 }, // normalised before it was transformed
    mask: Uint8Array.from(await after.masks.data()),
    ...(ignored && { ignored }),
  };
  dispose([before.images, before.masks, moved.images, after.images, after.masks]);
  return augmented;
}

/** The middle square of a mask of 0 and 1, transformed. */
async function transformed(
  whole: Uint8Array,
  width: number,
  height: number,
  x: number,
  y: number,
  side: number,
  transforms: Parameters<typeof augmentMasks>[1],
): Promise<Uint8Array> {
  const square = new Float32Array(side * side);
  cropMask(whole, width, height, x, y, side, square, 0);
  const before = tensor4d(square, [1, side, side, 1]);
  const after = augmentMasks(before, transforms);
  const values = Uint8Array.from(await after.data());
  dispose([before, after]);
  return values;
}
