import { createHash } from "node:crypto";
import { InputError, type Raster } from "@em-stellar/core";
import { cropReflect, type Normalization, normalizationOf, previewOf, toGrey } from "@em-stellar/data";
import { createImageReader, type ImageReader, openImageSet } from "@em-stellar/data/node";
import type { ModelNotes } from "../../prediction/model-notes.js";

/** An image of the microscope, and the part of it that is shown to networks. */
export interface ChosenImage {
  readonly name: string;
  readonly raster: Raster;
  /** May reach beyond the edges, where the image is mirrored. */
  readonly part: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
}

export interface ImageChoice {
  /** Images at most, evenly picked from all that there are. */
  readonly count: number;
  /** Pixels at most of a side, cut from the middle. */
  readonly side: number;
  /** Both sides become multiples of it. */
  readonly stride: number;
}

/** Reads images from files and folders. Throws `InputError` for what cannot be used. */
export async function chooseImages(
  paths: readonly string[],
  { count, side, stride }: ImageChoice,
  reader: ImageReader = createImageReader(),
): Promise<ChosenImage[]> {
  if (side < stride) {
    throw new InputError(`\`side: ${side}\` is less than these models take: sides are multiples of ${stride}.`);
  }
  const sets = [];
  for (const path of paths) sets.push(await openImageSet(path, "`images`", reader));
  const found = sets.flatMap((set) =>
    set.images.map(({ id, place }) => ({ name: sets.length > 1 ? `${set.name}/${id}` : id, place })),
  );
  const picked = Math.min(count, found.length);
  const images: ChosenImage[] = [];
  for (let i = 0; i < picked; i++) {
    const at = Math.floor(((i + 0.5) * found.length) / picked);
    const { name, place } = found[at] as (typeof found)[number]; // within the list
    const raster = toGrey(await reader.readPage(place), place.name);
    const [x, width] = middle(raster.width, side, stride);
    const [y, height] = middle(raster.height, side, stride);
    images.push({ name, raster, part: { x, y, width, height } });
  }
  return images;
}

/** Where the part begins, and how long it is: the image made up to multiples of the stride, or its middle. */
function middle(length: number, side: number, stride: number): [start: number, length: number] {
  const part = Math.min(Math.ceil(length / stride), Math.floor(side / stride)) * stride;
  return [Math.floor((length - part) / 2), part];
}

/** What a model is given of an image, normalised as in its training. */
export function shownTo(
  { normalization }: ModelNotes,
  { raster, part }: ChosenImage,
): Raster & { readonly data: Float32Array } {
  const { method, offset, scale } = normalization;
  const applied: Normalization =
    normalization.scope === "training-set" && offset !== undefined && scale !== undefined
      ? { offset, scale }
      : normalizationOf(method, [raster]);
  return { height: part.height, width: part.width, channels: 1, data: cropReflect(raster, applied, part) };
}

/** An 8-bit picture of what models are shown of an image. */
export function pictureOf(image: ChosenImage) {
  return previewOf({ width: image.part.width, height: image.part.height, channels: 1, data: pixelsOf(image) });
}

/** SHA-256 over the pixels that models are shown, in order. */
export function hashOf(images: readonly ChosenImage[]): string {
  const hash = createHash("sha256");
  for (const image of images) {
    hash.update(`${image.part.width} ${image.part.height}\n`);
    hash.update(new Uint8Array(pixelsOf(image).buffer));
  }
  return hash.digest("hex");
}

/** As stored, before normalisation. */
function pixelsOf({ raster, part }: ChosenImage): Float32Array {
  return cropReflect(raster, { offset: 0, scale: 1 }, part);
}
