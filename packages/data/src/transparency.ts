import { InputError, type RasterData } from "@em-stellar/core";

/**
 * Drops an alpha channel that hides nothing; throws `InputError` where a pixel is not opaque. `channels` counts alpha,
 * which comes last.
 */
export function withoutAlpha<D extends RasterData>(data: D, channels: number, opaque: number, name: string): D {
  const kept = channels - 1;
  const pixels = data.length / channels;
  // A typed array's constructor type is lost on its instances; slice gives the same class back.
  const out = data.slice(0, pixels * kept) as D;
  let hidden = 0;
  for (let i = 0; i < pixels; i++) {
    if (data[i * channels + kept] !== opaque) hidden++;
    for (let c = 0; c < kept; c++) out[i * kept + c] = data[i * channels + c] as number;
  }
  if (hidden > 0) refuseTransparency(name, hidden, pixels);
  return out;
}

/** Throws `InputError`: what lies under a transparent pixel is anyone's guess. */
export function refuseTransparency(name: string, hidden: number, pixels: number): never {
  throw new InputError(
    `${name} is transparent at ${hidden} of its ${pixels} pixels, and there is no telling what they look like. Flatten the image (remove its alpha channel) and save it again.`,
  );
}
