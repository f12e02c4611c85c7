import type { DecodedImage } from "@em-stellar/core";

export type { DecodedImage, PaletteColor } from "@em-stellar/core";

/** One image of a file: its size is known at once, its pixels are decoded by `read`. */
export interface ImagePage {
  readonly width: number;
  readonly height: number;
  /** Decodes the pixels; throws `InputError` where they cannot be used. */
  read(): DecodedImage;
}
