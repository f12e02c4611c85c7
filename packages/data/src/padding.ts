import type { Raster } from "@em-stellar/core";
import { mirrorIndices } from "./mirror.js";
import type { Normalization } from "./normalization.js";

/** A whole image made ready for a network. */
export interface PaddedImage {
  /** `height × width × channels` normalised values. */
  readonly data: Float32Array;
  readonly width: number;
  readonly height: number;
  /** Columns and rows that were added before the image's first. */
  readonly left: number;
  readonly top: number;
}

/** Normalises an image and mirrors its edges until both sides are multiples of `stride`, as much before as after. */
export function padReflect(raster: Raster, { offset, scale }: Normalization, stride: number): PaddedImage {
  const { channels, data } = raster;
  const width = Math.ceil(raster.width / stride) * stride;
  const height = Math.ceil(raster.height / stride) * stride;
  const left = Math.floor((width - raster.width) / 2);
  const top = Math.floor((height - raster.height) / 2);
  const columns = mirrorIndices(-left, width, raster.width);
  const rows = mirrorIndices(-top, height, raster.height);
  const padded = new Float32Array(width * height * channels);
  let to = 0;
  for (let y = 0; y < height; y++) {
    const row = (rows[y] as number) * raster.width;
    for (let x = 0; x < width; x++) {
      const from = (row + (columns[x] as number)) * channels;
      for (let c = 0; c < channels; c++) padded[to++] = ((data[from + c] as number) - offset) * scale;
    }
  }
  return { data: padded, width, height, left, top };
}

/** The part of a prediction (one value for each pixel of a padded image) that covers the image itself. */
export function cropBack(
  prediction: Float32Array,
  padded: Pick<PaddedImage, "width" | "left" | "top">,
  size: { readonly width: number; readonly height: number },
): Float32Array {
  const { width, height } = size;
  const cropped = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    const from = (padded.top + y) * padded.width + padded.left;
    cropped.set(prediction.subarray(from, from + width), y * width);
  }
  return cropped;
}
