import { stat } from "node:fs/promises";
import { basename, extname, join, resolve } from "node:path";
import { InputError } from "@em-stellar/core";
import type { ImageSet as SetOf } from "../image-set.js";
import { createImageReader, type ImagePlace, type ImageReader } from "./image-pages.js";
import { listFolder, nothingIn, shown } from "./list-folder.js";

type ImageSet = SetOf<ImagePlace>;

/** A file is a stack of its pages; a folder holds one image a file, or one stack. Throws `InputError` where there is no image. */
export async function openImageSet(
  path: string,
  option: string,
  reader: ImageReader = createImageReader(),
): Promise<ImageSet> {
  const info = await stat(path).catch(() => undefined);
  if (!info) throw new InputError(`${option}: there is no ${path}.`);
  if (!info.isDirectory()) return setOfFile(path, reader);
  const { images, others } = await listFolder(path, reader.formats);
  if (images.length === 0) throw nothingIn(path, others, option, reader.formats);
  return setOfFolder(path, images, reader);
}

/**
 * The methods in a folder: each sub-folder is one; or each TIFF stack is one; or, where there is neither, the images
 * themselves are those of one method. Beside a truth of one image, each image file is a method of its own. Folders in
 * `except` (the truth, the output) are passed over.
 */
export async function openMethods(
  path: string,
  truthImages: number,
  except: readonly string[],
  option: string,
  reader: ImageReader = createImageReader(),
): Promise<ImageSet[]> {
  const info = await stat(path).catch(() => undefined);
  if (!info) throw new InputError(`${option}: there is no ${path}.`);
  if (!info.isDirectory()) return [await setOfFile(path, reader)];
  const passedOver = new Set(except.map((folder) => resolve(folder)));
  const listed = await listFolder(path, reader.formats);
  const folders = listed.folders.filter((folder) => !passedOver.has(resolve(path, folder)));
  const files = listed.images.filter((file) => !passedOver.has(resolve(path, file)));
  const methods: ImageSet[] = [];
  for (const folder of folders) {
    const inside = await listFolder(join(path, folder), reader.formats);
    if (inside.images.length === 0) throw nothingIn(join(path, folder), inside.others, option, reader.formats);
    methods.push(await setOfFolder(join(path, folder), inside.images, reader));
  }
  const loose: ImageSet[] = [];
  for (const file of files) loose.push(await setOfFile(join(path, file), reader));
  const single = loose.filter(({ images }) => images.length === 1);
  const eachIsAMethod = single.length < loose.length || (truthImages === 1 && (loose.length > 1 || folders.length > 0));
  if (eachIsAMethod) methods.push(...loose);
  else if (loose.length > 0 && methods.length > 0) {
    const [some, first] = [methods.map(({ name }) => name).join(", "), single[0]?.path];
    throw new InputError(
      `${option}: ${shown(path)} holds both folders of images (${some}) and images beside them (${first}${single.length > 1 ? `, and ${single.length - 1} more` : ""}), so it is not clear what is a method. Put the images of each method into a folder of its own.`,
    );
  } else if (loose.length > 0) methods.push(await setOfFolder(path, files, reader));
  if (methods.length === 0) throw nothingIn(path, listed.others, option, reader.formats);
  requireDistinct(
    methods.map(({ name, path: where }) => ({ name, where })),
    "methods",
  );
  return methods;
}

async function setOfFile(path: string, reader: ImageReader): Promise<ImageSet> {
  const pages = await reader.findPages(resolve(path), shown(path));
  const digits = Math.max(3, String(pages.length).length);
  const name = basename(path, extname(path));
  return {
    name,
    path: shown(path),
    isStack: pages.length > 1,
    images: pages.map((place, i) => ({
      id: pages.length > 1 ? `slice-${String(i + 1).padStart(digits, "0")}` : name,
      place,
    })),
  };
}

async function setOfFolder(path: string, files: readonly string[], reader: ImageReader): Promise<ImageSet> {
  const sets: ImageSet[] = [];
  for (const file of files) sets.push(await setOfFile(join(path, file), reader));
  const name = basename(resolve(path));
  const [only] = sets;
  if (only && sets.length === 1) return { ...only, name, path: shown(path) };
  const stack = sets.find(({ isStack }) => isStack);
  if (stack) {
    throw new InputError(
      `${stack.path} holds ${stack.images.length} pages, but lies beside ${sets.length - 1} other image${sets.length > 2 ? "s" : ""} in ${shown(path)}. Give either one stack, or one image in each file.`,
    );
  }
  const images = sets.flatMap((set) => set.images);
  requireDistinct(
    images.map(({ id, place }) => ({ name: id, where: place.name })),
    "images",
  );
  return { name, path: shown(path), isStack: false, images };
}

function requireDistinct(items: readonly { readonly name: string; readonly where: string }[], what: string): void {
  const seen = new Map<string, string>();
  for (const { name, where } of items) {
    const other = seen.get(name);
    if (other) throw new InputError(`Two ${what} go by the name "${name}": ${other} and ${where}. Rename one.`);
    seen.set(name, where);
  }
}
