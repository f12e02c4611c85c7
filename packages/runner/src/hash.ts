import { encodeText, type RasterData } from "@em-stellar/core";
import type { LoadedSample } from "./loaded-sample.js";

// Web Crypto is global in Node 20, browsers and workers, but in none of the ES libraries.
declare const crypto: {
  subtle: { digest(algorithm: "SHA-256", data: ArrayBufferView): Promise<ArrayBuffer> };
};

/** SHA-256 over ids, sizes, pixels and masks, in order: two data sets of one hash hold the same pixels. */
export async function hashSamples(samples: readonly LoadedSample[]): Promise<string> {
  const parts: string[] = [];
  for (const { id, image, truth } of samples) {
    const { width, height, channels } = image;
    parts.push(
      `${id} ${width}x${height}x${channels} ${await hashData(image.data)} ${truth.maximum} ${await hashData(truth.data)}`,
    );
  }
  return hashData(encodeText(parts.join("\n")));
}

async function hashData(data: RasterData): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", data);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
