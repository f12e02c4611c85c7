import { type DecodedImage, InputError, type Raster } from "@em-stellar/core";
import { toGrey, toRaster } from "@em-stellar/data";
import { count } from "../count.js";

/**
 * An image as a model of so many channels takes it: colours become grey, as where suites read images, unless the model takes
 * colours. Throws `InputError`, which calls the image `name`, where the channels do not fit.
 */
export function asModelTakes(image: DecodedImage, channels: number, name: string): Raster {
  if (channels === 1) return toGrey(image, name);
  if (image.channels === channels && !image.palette) return toRaster(image);
  const colours = channels === 3 ? " (red, green, blue)" : "";
  throw new InputError(`${name} has ${count(image.channels, "channel")}, but the model takes ${channels}${colours}.`);
}
