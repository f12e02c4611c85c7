import { createRandom, type Raster } from "@em-stellar/core";
import { cropMask, cropPatch, type Normalization } from "@em-stellar/data";
import {
  type AugmentationOptions,
  augment,
  augmentMasks,
  changeIntensity,
  deform,
  drawElastic,
  drawIntensity,
  drawTransform,
} from "@em-stellar/data/augmentation";
import { dispose, tensor4d, tidy } from "@tensorflow/tfjs-core";
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
  cropPatch(sample.image, normalize(sample), x, y, side, image, 0);
  const cropped = (whole: Uint8Array) => {
    const square = new Float32Array(side * side);
    cropMask(whole, width, height, x, y, side, square, 0);
    return tensor4d(square, [1, side, side, 1]);
  };
  const seedOf = (part: string) => createRandom(`${seed}/validation/${sample.id}${part}`);
  const transforms = [drawTransform(seedOf(""), options, side)];
  const bends = [drawElastic(seedOf("/elastic"), options)];
  const shades = [drawIntensity(seedOf("/intensity"), options, side)];
  const after = tidy(() => {
    const moved = {
      ...augment(tensor4d(image, [1, side, side, channels]), cropped(sample.mask), transforms),
      ...(sample.ignored && { ignored: augmentMasks(cropped(sample.ignored), transforms) }),
    };
    const deformed = options.elastic > 0 ? deform(moved, bends, options.fill) : moved;
    return { ...deformed, images: changeIntensity(deformed.images, shades, options) };
  });
  const augmented: ValidationImage = {
    id: sample.id,
    image: { width: side, height: side, channels, data: Float32Array.from(await after.images.data()) },
    normalization: { offset: 0, scale: 1 }, // normalised before it was transformed
    mask: Uint8Array.from(await after.masks.data()),
    ...(after.ignored && { ignored: Uint8Array.from(await after.ignored.data()) }),
  };
  dispose(after);
  return augmented;
}
