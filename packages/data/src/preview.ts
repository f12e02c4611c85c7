import type { Raster } from "@em-stellar/core";

/** An 8-bit grey picture of an image for people: its first channel, stretched from the 0.5th to the 99.5th percentile. */
export function previewOf({ width, height, channels, data }: Raster): {
  width: number;
  height: number;
  data: Uint8Array;
} {
  const grey = Float32Array.from({ length: width * height }, (_, i) => data[i * channels] as number);
  const sorted = grey.toSorted();
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] as number;
  const low = at(0.005);
  const range = at(0.995) - low || 1;
  const clamped = Uint8ClampedArray.from(grey, (v) => (255 * (v - low)) / range);
  return { width, height, data: new Uint8Array(clamped.buffer) };
}
