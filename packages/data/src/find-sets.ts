import { type ImageFormat, InputError } from "@em-stellar/core";
import type { FolderListing } from "./folder-listing.js";
import { formatNames } from "./formats/image-names.js";
import type { ImageSet, Place } from "./image-set.js";

/** Where sets of images are looked for: the folders of a disk, or those that a page was given. */
export interface SetPlaces<P extends Place> {
  /** Of the images that are looked for. */
  readonly formats: readonly ImageFormat[];
  /** What lies at a path; undefined where nothing does. */
  kindOf(path: string): Promise<"file" | "folder" | undefined>;
  list(folder: string): Promise<FolderListing>;
  /** The images of a file. Throws `InputError` for what is none. */
  pagesOf(file: string): Promise<P[]>;
  /** The path of something in a folder. */
  join(folder: string, name: string): string;
  /** The last part of a path. */
  nameOf(path: string): string;
  /** A path as messages show it. */
  shown(path: string): string;
}

/** A file is a stack of its pages; a folder holds one image a file, or one stack. Throws `InputError` where there is no image. */
export async function findImageSet<P extends Place>(
  path: string,
  option: string,
  places: SetPlaces<P>,
): Promise<ImageSet<P>> {
  const kind = await places.kindOf(path);
  if (kind === undefined) throw new InputError(`${option}: there is no ${path}.`);
  if (kind === "file") return setOfFile(path, places);
  const { images, others } = await places.list(path);
  if (images.length === 0) throw nothingIn(places.shown(path), others, option, places.formats);
  return setOfFolder(path, images, places);
}

/**
 * The methods in a folder: each sub-folder is one; or each TIFF stack is one; or, where there is neither, the images
 * themselves are those of one method. Beside a truth of one image, each image file is a method of its own. Folders in
 * `except` (the truth, the output) are passed over.
 */
export async function findMethods<P extends Place>(
  path: string,
  truthImages: number,
  except: readonly string[],
  option: string,
  places: SetPlaces<P>,
): Promise<ImageSet<P>[]> {
  const kind = await places.kindOf(path);
  if (kind === undefined) throw new InputError(`${option}: there is no ${path}.`);
  if (kind === "file") return [await setOfFile(path, places)];
  const passedOver = new Set(except);
  const listed = await places.list(path);
  const folders = listed.folders.filter((folder) => !passedOver.has(places.join(path, folder)));
  const files = listed.images.filter((file) => !passedOver.has(places.join(path, file)));
  const methods: ImageSet<P>[] = [];
  for (const folder of folders) {
    const inside = await places.list(places.join(path, folder));
    if (inside.images.length === 0)
      throw nothingIn(places.shown(places.join(path, folder)), inside.others, option, places.formats);
    methods.push(await setOfFolder(places.join(path, folder), inside.images, places));
  }
  const loose: ImageSet<P>[] = [];
  for (const file of files) loose.push(await setOfFile(places.join(path, file), places));
  const single = loose.filter(({ images }) => images.length === 1);
  const eachIsAMethod = single.length < loose.length || (truthImages === 1 && (loose.length > 1 || folders.length > 0));
  if (eachIsAMethod) methods.push(...loose);
  else if (loose.length > 0 && methods.length > 0) {
    const [some, first] = [methods.map(({ name }) => name).join(", "), single[0]?.path];
    throw new InputError(
      `${option}: ${places.shown(path)} holds both folders of images (${some}) and images beside them (${first}${single.length > 1 ? `, and ${single.length - 1} more` : ""}), so it is not clear which are the methods. Put the images of each method into a separate folder.`,
    );
  } else if (loose.length > 0) methods.push(await setOfFolder(path, files, places));
  if (methods.length === 0) throw nothingIn(places.shown(path), listed.others, option, places.formats);
  requireDistinct(
    methods.map(({ name, path: where }) => ({ name, where })),
    "methods",
  );
  return methods;
}

async function setOfFile<P extends Place>(path: string, places: SetPlaces<P>): Promise<ImageSet<P>> {
  const pages = await places.pagesOf(path);
  const digits = Math.max(3, String(pages.length).length);
  const name = stem(places.nameOf(path));
  return {
    name,
    path: places.shown(path),
    isStack: pages.length > 1,
    images: pages.map((place, i) => ({
      id: pages.length > 1 ? `slice-${String(i + 1).padStart(digits, "0")}` : name,
      place,
    })),
  };
}

async function setOfFolder<P extends Place>(
  path: string,
  files: readonly string[],
  places: SetPlaces<P>,
): Promise<ImageSet<P>> {
  const sets: ImageSet<P>[] = [];
  for (const file of files) sets.push(await setOfFile(places.join(path, file), places));
  const name = places.nameOf(path);
  const [only] = sets;
  if (only && sets.length === 1) return { ...only, name, path: places.shown(path) };
  const stack = sets.find(({ isStack }) => isStack);
  if (stack) {
    throw new InputError(
      `${stack.path} holds ${stack.images.length} pages, but is next to ${sets.length - 1} other image${sets.length > 2 ? "s" : ""} in ${places.shown(path)}. Give either one stack, or one image in each file.`,
    );
  }
  const images = sets.flatMap((set) => set.images);
  requireDistinct(
    images.map(({ id, place }) => ({ name: id, where: place.name })),
    "images",
  );
  return { name, path: places.shown(path), isStack: false, images };
}

function requireDistinct(items: readonly { readonly name: string; readonly where: string }[], what: string): void {
  const seen = new Map<string, string>();
  for (const { name, where } of items) {
    const other = seen.get(name);
    if (other) throw new InputError(`Two ${what} go by the name "${name}": ${other} and ${where}. Rename one.`);
    seen.set(name, where);
  }
}

/** A name without its extension. */
function stem(name: string): string {
  const dot = name.lastIndexOf(".");
  return dot > 0 ? name.slice(0, dot) : name;
}

/** What to say of a folder without images; `where` is the folder as messages show it. */
export function nothingIn(
  where: string,
  others: readonly string[],
  option: string,
  formats: readonly ImageFormat[],
): InputError {
  const found =
    others.length === 0
      ? "it is empty"
      : `it holds ${others.slice(0, 3).join(", ")}${others.length > 3 ? " and others" : ""}`;
  return new InputError(
    `${option}: no ${formatNames(formats)} image in ${where}; ${found}. Export the images as PNG or TIFF (JPEG alters pixels), or name another folder.`,
  );
}
