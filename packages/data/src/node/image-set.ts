import { stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { findImageSet, findMethods, type SetPlaces } from "../find-sets.js";
import type { ImageSet as SetOf } from "../image-set.js";
import { findWholePages, type ImagePlace, type ImageReader } from "../sources/image-reader.js";
import { createImageReader } from "./image-pages.js";
import { listFolder, shown } from "./list-folder.js";

type ImageSet = SetOf<ImagePlace>;

/** A file is a stack of its pages; a folder holds one image a file, or one stack. Throws `InputError` where there is no image. */
export function openImageSet(
  path: string,
  option: string,
  reader: ImageReader = createImageReader(),
): Promise<ImageSet> {
  return findImageSet(path, option, placesOf(reader));
}

/**
 * The methods in a folder: each sub-folder is one; or each TIFF stack is one; or, where there is neither, the images
 * themselves are those of one method. Beside a truth of one image, each image file is a method of its own. Folders in
 * `except` (the truth, the output) are passed over.
 */
export function openMethods(
  path: string,
  truthImages: number,
  except: readonly string[],
  option: string,
  reader: ImageReader = createImageReader(),
): Promise<ImageSet[]> {
  const others = except.map((folder) => resolve(folder));
  return findMethods(path, truthImages, others, option, placesOf(reader));
}

function placesOf(reader: ImageReader): SetPlaces<ImagePlace> {
  return {
    formats: reader.formats,
    async kindOf(path) {
      const info = await stat(path).catch(() => undefined);
      return info && (info.isDirectory() ? "folder" : "file");
    },
    list: (folder) => listFolder(folder, reader.formats),
    pagesOf: (file) => findWholePages(reader, resolve(file), shown(file)),
    join: (folder, name) => resolve(folder, name),
    nameOf: (path) => basename(resolve(path)),
    shown,
  };
}
