import type { Raster } from "@em-stellar/core";
import { mirrorIndices } from "./mirror.js";
import type { Normalization } from "./normalization.js";

/** Where an image lies in a frame around it. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  /** Columns and rows of the frame before the image's first. */
  readonly left: number;
  readonly top: number;
}

/** A whole image made ready for a network. */
export interface PaddedImage extends Frame {
  /** `height × width × channels` normalised values. */
  readonly data: Float32Array;
}

/** The smallest frame around an image whose sides are multiples of `stride`, as wide before it as after. */
export function frameOf(size: { readonly width: number; readonly height: number }, stride: number): Frame {
  const width = Math.ceil(size.width / stride) * stride;
  const height = Math.ceil(size.height / stride) * stride;
  const left = Math.floor((width - size.width) / 2);
  const top = Math.floor((height - size.height) / 2);
  return { width, height, left, top };
}

/** Normalises an image and mirrors its edges until both sides are multiples of `stride`, as much before as after. */
export function padReflect(raster: Raster, normalization: Normalization, stride: number): PaddedImage {
  const frame = frameOf(raster, stride);
  const { width, height, left, top } = frame;
  return { ...frame, data: cropReflect(raster, normalization, { x: -left, y: -top, width, height }) };
}

/** The normalised values of a rectangle, `height × width × channels`; what lies outside the image is mirrored at its edges. */
export function cropReflect(
  raster: Raster,
  { offset, scale }: Normalization,
  { x: left, y: top, width, height }: { x: number; y: number; width: number; height: number },
): Float32Array {
  const { channels, data } = raster;
  const columns = mirrorIndices(left, width, raster.width);
  const rows = mirrorIndices(top, height, raster.height);
  const cropped = new Float32Array(width * height * channels);
  let to = 0;
  for (let y = 0; y < height; y++) {
    const row = (rows[y] as number) * raster.width;
    for (let x = 0; x < width; x++) {
      const from = (row + (columns[x] as number)) * channels;
      for (let c = 0; c < channels; c++) cropped[to++] = ((data[from + c] as number) - offset) * scale;
    }
  }
  return cropped;
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
