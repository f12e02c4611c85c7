import type { ImageFormat } from "@em-stellar/core";
import type { PlanesReading } from "./planes.js";
import { tiff } from "./tiff-format.js";

/** Formats that read the planes of TIFFs as it is said. */
export function readingPlanes(formats: readonly ImageFormat[], planes: PlanesReading): readonly ImageFormat[] {
  return planes === "auto" ? formats : formats.map((format) => (format.id === tiff.id ? tiff({ planes }) : format));
}
