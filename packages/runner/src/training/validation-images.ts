import { createRandom, type Raster } from "@em-stellar/core";
import { cropMask, cropPatch, type Normalization } from "@em-stellar/data";
import { type AugmentationOptions, augment, drawTransform } from "@em-stellar/data/augmentation";
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
}

/** A whole image as it is. */
export function normalizedImage(sample: LoadedSample, normalize: Normalize): ValidationImage {
  const { id, image, mask } = sample;
  return { id, image, mask, normalization: normalize(sample) };
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
  const after = augment(before.images, before.masks, [drawTransform(random, options, side)]);
  const augmented: ValidationImage = {
    id: sample.id,
    image: { width: side, height: side, channels, data: Float32Array.from(await after.images.data()) },
    normalization: { offset: 0, scale: 1 }, // normalised before it was transformed
    mask: Uint8Array.from(await after.masks.data()),
  };
  dispose([before.images, before.masks, after.images, after.masks]);
  return augmented;
}
