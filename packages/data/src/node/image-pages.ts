import { type AnyRegistry, type DecodedImage, type ImageFormat, imageFormatsOf } from "@em-stellar/core";
import { imageFormats } from "../formats/image-formats.js";
import { type ImagePlace, type ImageReader, imageReader } from "../sources/image-reader.js";
import type { PlanesReading } from "../tiff/planes.js";
import { fileSource } from "./file-source.js";

/** A reader of files on a disk in these formats; by default, in those of this package. */
export function createImageReader(
  formats: readonly ImageFormat[] = imageFormats,
  planes: PlanesReading = "auto",
): ImageReader {
  return imageReader(formats, fileSource, planes);
}

/** A reader of the formats of a registry, and of those of this package that it does not have. */
export function imageReaderOf(registry: AnyRegistry, planes: PlanesReading = "auto"): ImageReader {
  const formats = imageFormatsOf(registry);
  const ids = new Set(formats.map(({ id }) => id));
  return createImageReader([...formats, ...imageFormats.filter(({ id }) => !ids.has(id))], planes);
}

/** The images of a file, by the formats of this package. */
export function findPages(file: string, name = file): Promise<ImagePlace[]> {
  return createImageReader().findPages(file, name);
}

/** Decodes one image. A reader is faster where many pages of a file are read. */
export function readPage(place: ImagePlace): Promise<DecodedImage> {
  return createImageReader().readPage(place);
}
