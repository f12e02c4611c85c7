import { stat } from "node:fs/promises";
import { basename, extname, join, resolve } from "node:path";
import { InputError } from "@em-stellar/core";
import { findWholePages, type ImagePlace, type ImageReader, listFolder, nothingIn, shown } from "@em-stellar/data/node";

/** A file of one image or more. */
export interface InputFile {
  /** The file's name without extension: what its results are called. */
  readonly name: string;
  readonly file: string;
  /** Several pages make a stack. */
  readonly pages: readonly ImagePlace[];
  /** To tell whether it has changed since. */
  readonly bytes: number;
  readonly modified: string;
}

/** The images of files and folders, of which only headers are read. Throws `InputError` for what cannot be used. */
export async function openInputs(paths: readonly string[], reader: ImageReader): Promise<InputFile[]> {
  const files: string[] = [];
  for (const path of paths) {
    const info = await stat(path).catch(() => undefined);
    if (!info) throw new InputError(`There is no ${path}.`);
    if (!info.isDirectory()) files.push(path);
    else {
      const { images, folders, others } = await listFolder(path, reader.formats);
      if (images.length === 0) throw nothingIn(path, [...others, ...folders], "predict", reader.formats);
      files.push(...images.map((name) => join(path, name)));
    }
  }
  const seen = new Map<string, string>();
  const inputs: InputFile[] = [];
  for (const path of new Set(files.map((file) => resolve(file)))) {
    const name = basename(path, extname(path));
    const other = seen.get(name.toLowerCase()); // many a disk takes A.png and a.png for one
    if (other !== undefined) {
      throw new InputError(
        `${other} and ${shown(path)} would both be written as "${name}". Predict them into two folders, or rename one.`,
      );
    }
    seen.set(name.toLowerCase(), shown(path));
    const { size, mtime } = await stat(path);
    const pages = await findWholePages(reader, path, shown(path));
    inputs.push({ name, file: path, pages, bytes: size, modified: mtime.toISOString() });
  }
  return inputs;
}
