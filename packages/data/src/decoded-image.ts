import type { Raster } from "@em-stellar/core";

/** Red, green and blue, 0 to 255. */
export type PaletteColor = readonly [red: number, green: number, blue: number];

/** An image as its file stores it: grey (1 channel), RGB (3 channels) or indices into a palette (1 channel). */
export interface DecodedImage extends Raster {
  /** The largest value that the file's number type can hold; 1 for floats. */
  readonly fullRange: number;
  /** The colour of each index, where the values are indices. */
  readonly palette?: readonly PaletteColor[];
}

/** One image of a file: its size is known at once, its pixels are decoded by `read`. */
export interface ImagePage {
  readonly width: number;
  readonly height: number;
  /** Decodes the pixels; throws `InputError` where they cannot be used. */
  read(): DecodedImage;
}
