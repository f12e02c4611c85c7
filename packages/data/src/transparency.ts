import { type DecodedImage, InputError } from "@em-stellar/core";

/** Pixels whose last channel is not full. */
export function hidden(data: DecodedImage["data"], channels: number, opaque: number): number {
  let count = 0;
  for (let i = channels - 1; i < data.length; i += channels) if (data[i] !== opaque) count++;
  return count;
}

/**
 * Drops an alpha channel that hides nothing; throws `InputError` where a pixel is not opaque. `channels` counts alpha,
 * which comes last.
 */
export function withoutAlpha<D extends DecodedImage["data"]>(
  data: D,
  channels: number,
  opaque: number,
  name: string,
): D {
  const clear = hidden(data, channels, opaque);
  if (clear > 0) refuseTransparency(name, clear, data.length / channels);
  const kept = channels - 1;
  const pixels = data.length / channels;
  // A typed array's constructor type is lost on its instances; slice gives the same class back.
  const out = data.slice(0, pixels * kept) as D;
  for (let i = 0; i < pixels; i++) {
    for (let c = 0; c < kept; c++) out[i * kept + c] = data[i * channels + c] as number;
  }
  return out;
}

/** Throws `InputError`: what lies under a transparent pixel is anyone's guess. */
export function refuseTransparency(name: string, clear: number, pixels: number): never {
  throw new InputError(
    `${name} is transparent at ${clear} of its ${pixels} pixels, so their colour is not known. Flatten the image (remove its alpha channel) and save it again.`,
  );
}
