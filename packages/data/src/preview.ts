import type { Raster } from "@em-stellar/core";

/** Two grey values that pictures show as black and white. */
export interface Contrast {
  readonly black: number;
  readonly white: number;
}

/**
 * The 0.5th and the 99.5th percentile of an image's first channel, from `most` pixels at most, evenly picked; of a constant
 * image its value, and one more for white.
 */
export function contrastOf({ width, height, channels, data }: Raster, most = Number.POSITIVE_INFINITY): Contrast {
  const step = Math.max(1, Math.ceil((width * height) / most));
  const length = Math.ceil((width * height) / step);
  const sorted = Float32Array.from({ length }, (_, i) => data[i * step * channels] as number).sort();
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] as number;
  const black = at(0.005);
  return { black, white: black + (at(0.995) - black || 1) };
}

/** An 8-bit grey picture of an image for people: its first channel, stretched from the 0.5th to the 99.5th percentile. */
export function previewOf(image: Raster): {
  width: number;
  height: number;
  data: Uint8Array;
} {
  const { width, height, channels, data } = image;
  const { black, white } = contrastOf(image);
  const grey = Uint8ClampedArray.from(
    { length: width * height },
    (_, i) => (255 * ((data[i * channels] as number) - black)) / (white - black),
  );
  return { width, height, data: new Uint8Array(grey.buffer) };
}
