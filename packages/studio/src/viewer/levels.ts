import type { Raster, RasterData } from "@em-stellar/core";
import { type Contrast, contrastOf } from "@em-stellar/data";

/** An image at several sizes, so that a page draws as many pixels as its screen has, however large the image is. */
export interface Levels {
  readonly width: number;
  readonly height: number;
  /** 1 for grey, 3 for red, green and blue. */
  readonly channels: number;
  /** The image, then each time half as wide and half as high; at least one. */
  readonly levels: readonly Raster[];
  /** The values that a viewer shows as black and as white at first. */
  readonly contrast: Contrast;
  /** The lowest and the highest value in the image. */
  readonly range: Contrast;
}

/** Sides of the smallest level are not longer. */
const smallestSide = 512;

/** Pixels that the contrast is taken from: more would not change it. */
const contrastPixels = 2 ** 16;

/** The levels of an image. A pixel of a level is the mean of up to four of the level before, rounded where values are whole. */
export function levelsOf(image: Raster): Levels {
  const levels = [image];
  for (let last = image; Math.max(last.width, last.height) > smallestSide; ) {
    last = halved(last);
    levels.push(last);
  }
  const { width, height, channels } = image;
  return { width, height, channels, levels, contrast: contrastOf(image, contrastPixels), range: rangeOf(image) };
}

/** What a worker hands over rather than copies. */
export function buffersOf({ levels }: Levels): ArrayBuffer[] {
  return levels.flatMap(({ data: { buffer } }) => (buffer instanceof ArrayBuffer ? [buffer] : []));
}

function halved({ width, height, channels, data }: Raster): Raster {
  const [columns, rows] = [Math.ceil(width / 2), Math.ceil(height / 2)];
  const half = sameKind(data, columns * rows * channels);
  const round = data instanceof Float32Array ? (value: number) => value : Math.round;
  for (let y = 0; y < rows; y++) {
    const above = 2 * y * width;
    const below = Math.min(2 * y + 1, height - 1) * width;
    for (let x = 0; x < columns; x++) {
      const [left, right] = [2 * x, Math.min(2 * x + 1, width - 1)];
      for (let channel = 0; channel < channels; channel++) {
        const at = (pixel: number) => data[pixel * channels + channel] as number; // within the image
        const sum = at(above + left) + at(above + right) + at(below + left) + at(below + right);
        half[(y * columns + x) * channels + channel] = round(sum / 4);
      }
    }
  }
  return { width: columns, height: rows, channels, data: half };
}

function sameKind(data: RasterData, length: number): RasterData {
  if (data instanceof Float32Array) return new Float32Array(length);
  return data instanceof Uint16Array ? new Uint16Array(length) : new Uint8Array(length);
}

function rangeOf({ data }: Raster): Contrast {
  let black = Number.POSITIVE_INFINITY;
  let white = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as number;
    if (value < black) black = value;
    if (value > white) white = value;
  }
  return { black, white: white > black ? white : black + 1 };
}
