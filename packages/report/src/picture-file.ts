import type { ProbabilityMap } from "@em-stellar/core";
import { encode } from "fast-png";

declare const btoa: (binary: string) => string; // in Node, browsers and workers alike, but in none of the ES libraries

/** The smallest whole factor that brings the longer side down to `side` pixels. */
export function shrinkFactor(width: number, height: number, side: number): number {
  return Math.max(1, Math.ceil(Math.max(width, height) / side));
}

/** The image made smaller by averaging blocks, in 64 levels of grey: more would only spend bytes on noise. */
export function previewPng({ width, height, data, maximum }: ProbabilityMap, factor: number): Uint8Array {
  const [outWidth, outHeight] = [Math.ceil(width / factor), Math.ceil(height / factor)];
  const out = new Uint8Array(outWidth * outHeight);
  for (let y = 0; y < outHeight; y++) {
    for (let x = 0; x < outWidth; x++) {
      let [sum, count] = [0, 0];
      for (let v = y * factor; v < Math.min(height, (y + 1) * factor); v++) {
        for (let u = x * factor; u < Math.min(width, (x + 1) * factor); u++) {
          sum += data[v * width + u] as number;
          count++;
        }
      }
      out[y * outWidth + x] = Math.round((Math.round((sum / count / maximum) * 63) * 255) / 63);
    }
  }
  return encode({ width: outWidth, height: outHeight, channels: 1, data: out }, { zlib: { level: 6 } });
}

/** The PNG as an address that a page carries within itself. */
export function dataUrl(png: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < png.length; at += 8192) binary += String.fromCharCode(...png.subarray(at, at + 8192));
  return `data:image/png;base64,${btoa(binary)}`;
}
