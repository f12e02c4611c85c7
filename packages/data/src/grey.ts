import { type DecodedImage, InputError, type Raster } from "@em-stellar/core";

/**
 * A grey image: itself where it has one channel; the colours of its palette; or the luma of RGB by ITU-R BT.601,
 * 0.299 red + 0.587 green + 0.114 blue, rounded for integers. Where the three are equal the value does not change.
 * Throws `InputError` for any other number of channels.
 */
export function toGrey(image: DecodedImage, name: string): Raster {
  const { width, height, channels, palette } = image;
  const { data } = toRaster(image);
  if (palette) {
    const greys = Uint8Array.from(palette, ([red, green, blue]) => luma(red, green, blue));
    return { width, height, channels: 1, data: Uint8Array.from(data, (index) => greys[index] as number) };
  }
  if (channels === 1) return { width, height, channels: 1, data };
  if (channels !== 3) throw new InputError(`${name} has ${channels} channels. Save it as grey or RGB.`);
  const pixels = width * height;
  const grey = data.slice(0, pixels);
  const isFloat = data instanceof Float32Array;
  for (let i = 0; i < pixels; i++) {
    const [red, green, blue] = [data[3 * i] as number, data[3 * i + 1] as number, data[3 * i + 2] as number];
    grey[i] = isFloat ? 0.299 * red + 0.587 * green + 0.114 * blue : luma(red, green, blue);
  }
  return { width, height, channels: 1, data: grey };
}

/** An image as greys or colours, where numbers need not be exact as for labels: 32-bit whole ones become floats. */
export function toRaster({ width, height, channels, data }: DecodedImage): Raster {
  return { width, height, channels, data: data instanceof Uint32Array ? Float32Array.from(data) : data };
}

/** In 16-bit fixed point whose weights sum to 1 exactly, so that grey stays grey. */
function luma(red: number, green: number, blue: number): number {
  return Math.floor((red * 19595 + green * 38470 + blue * 7471 + 32768) / 65536);
}
