import { InputError } from "@em-stellar/core";
import { blobSource, type ImagePlace, type ImageReader, imageReader, listEntries } from "@em-stellar/data";
import type { GivenFile } from "../files/given-file.js";
import { formats } from "./user-plugins.js";

/** Images that the page was given, with where their pages lie. */
export interface ImageSetOfPage {
  readonly reader: ImageReader;
  /** The pages of each file, by its path, in natural order. */
  readonly files: ReadonlyMap<string, readonly ImagePlace[]>;
}

const sets = new Map<number, ImageSetOfPage>();
let last = 0;

/** Opens image files; the set's number, and what is wrong with files that are none, though their names say so. */
export async function openSet(files: readonly GivenFile[]): Promise<{ set: number; problems: string[] }> {
  const reader = readerOf(files);
  const found = new Map<string, readonly ImagePlace[]>();
  const problems: string[] = [];
  const entries = files.map(({ path }) => ({ name: path, isFolder: false }));
  for (const path of listEntries(entries, reader.formats).images) {
    try {
      found.set(path, await reader.findPages(path));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(error.message);
    }
  }
  const set = ++last;
  sets.set(set, { reader, files: found });
  return { set, problems };
}

/** A reader of files that the page was given, by their paths. */
export function readerOf(files: readonly GivenFile[]): ImageReader {
  const byPath = new Map(files.map(({ path, content }) => [path, content]));
  return imageReader(formats(), async (path, name) => {
    const content = byPath.get(path);
    if (!content) throw new InputError(`There is no ${name} among the files of this page.`);
    return blobSource(content, name);
  });
}

/** A set that was opened. */
export function setOf(number: number): ImageSetOfPage {
  const set = sets.get(number);
  if (!set) throw new InputError("These images are not open any more. Choose them again.");
  return set;
}

/** A page of a set. */
export function placeOf(set: ImageSetOfPage, path: string, page: number): ImagePlace {
  const place = set.files.get(path)?.[page];
  if (!place) throw new InputError(`There is no page ${page + 1} of ${path} among these images.`);
  return place;
}

export function closeSet(number: number): void {
  sets.delete(number);
}
