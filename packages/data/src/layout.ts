import { naturalOrder } from "./natural-order.js";

/** A file of images, as far as its name and header tell. */
export interface LayoutFile {
  /** From the folder that was looked at, with `/`: `train/images/a1.tif`. */
  readonly path: string;
  readonly pages: number;
  readonly width: number;
  readonly height: number;
}

/** How a folder seems to be laid out. */
export interface Layout {
  /** Id of the source of data that reads it so. */
  readonly source: "image-folder" | "image-stack";
  /** Its options, as far as the layout tells: patterns that start from the folder. */
  readonly options: Readonly<Record<string, string>>;
  /** The files in their roles. */
  readonly roles: Roles;
}

/** Which files are what. */
export interface Roles {
  readonly images: readonly LayoutFile[];
  readonly masks: readonly LayoutFile[];
  readonly testImages: readonly LayoutFile[];
  readonly testMasks: readonly LayoutFile[];
}

/** A layout, or the one thing that cannot be seen from outside. */
export type LayoutGuess = { readonly layout: Layout } | { readonly open: string };

const words = {
  mask: /^(?:masks?|labels?|lbls?|segs?|segmentations?|annotations?|gt|groundtruth|truth)$/,
  test: /^(?:tests?|testing|ts|heldout|holdout)$/,
};

/**
 * Tells images, masks and what is held out for the test apart by the words in the names of folders and files, and finds the
 * patterns that select each of them. What a name does not say is not guessed.
 */
export function guessLayout(files: readonly LayoutFile[]): LayoutGuess {
  if (files.length === 0) return { open: "There is no PNG or TIFF image in it." };
  const sorted = files.toSorted((a, b) => naturalOrder(a.path, b.path));
  const isMask = ({ path }: LayoutFile) => hasWord(path, words.mask);
  const isTest = ({ path }: LayoutFile) => hasWord(folderOf(path), words.test);
  const isAllTest = sorted.every(isTest); // then the word says nothing
  const held = (file: LayoutFile) => !isAllTest && isTest(file);
  const roles: Roles = {
    images: sorted.filter((file) => !isMask(file) && !held(file)),
    masks: sorted.filter((file) => isMask(file) && !held(file)),
    testImages: sorted.filter((file) => !isMask(file) && held(file)),
    testMasks: sorted.filter((file) => isMask(file) && held(file)),
  };
  if (roles.masks.length === 0) {
    return {
      open: `No file or folder is named as masks are (masks, labels, segmentation, …). Which are the masks of ${some(roles.images)}?`,
    };
  }
  if (roles.images.length === 0) {
    return { open: `Every file is named as masks are (${some(roles.masks)}). Which are the images?` };
  }
  // Test images without masks cannot be scored: they are images to segment later.
  const tested = roles.testMasks.length > 0 && roles.testImages.length > 0;
  const used = tested ? roles : { ...roles, testImages: [], testMasks: [] };
  return isStack(used) ? stackLayout(used) : folderLayout(used, files);
}

function isStack({ images, masks }: Roles): boolean {
  return [...images, ...masks].some(({ pages }) => pages > 1);
}

function stackLayout(roles: Roles): LayoutGuess {
  const { images, masks, testImages, testMasks } = roles;
  const [image, mask] = [images[0] as LayoutFile, masks[0] as LayoutFile]; // there is one of each
  if (images.length > 1 || masks.length > 1 || testImages.length > 1 || testMasks.length > 1) {
    return {
      open: `There are several stacks (${some([...images, ...masks])}), and a suite reads one of images and one of masks. Which?`,
    };
  }
  if (image.pages !== mask.pages) {
    return {
      open: `${image.path} has ${image.pages} slices and ${mask.path} has ${mask.pages}. Which slices do the masks belong to?`,
    };
  }
  const test = testImages[0] && testMasks[0] && { testImages: testImages[0].path, testMasks: testMasks[0].path };
  return { layout: { source: "image-stack", options: { images: image.path, masks: mask.path, ...test }, roles } };
}

function folderLayout(roles: Roles, all: readonly LayoutFile[]): LayoutGuess {
  const options: Record<string, string> = {};
  for (const role of ["images", "masks", "testImages", "testMasks"] as const) {
    const files = roles[role];
    if (files.length === 0) continue;
    // What the masks' pattern finds is no image: a pattern of images may find both.
    const besides = role === "images" ? roles.masks : role === "testImages" ? roles.testMasks : [];
    const pattern = patternOf(files, all, besides);
    if (pattern === undefined) {
      return { open: `No single pattern finds ${some(files)} and nothing else. Which files are the ${role}?` };
    }
    options[role] = pattern;
  }
  const parts = (options.images ?? "").split("/");
  const isByFolder = parts.slice(0, -1).includes("*");
  return {
    layout: { source: "image-folder", options: isByFolder ? { ...options, groupBy: "^[^/]+" } : options, roles },
  };
}

/** A folder or a pattern that finds these files, and of the others at most those `besides`. */
function patternOf(
  files: readonly LayoutFile[],
  all: readonly LayoutFile[],
  besides: readonly LayoutFile[],
): string | undefined {
  const [only, ...others] = files;
  if (only && others.length === 0) return only.path;
  const paths = files.map(({ path }) => path.split("/"));
  const [first = []] = paths;
  if (paths.some((parts) => parts.length !== first.length)) return undefined;
  const folders = first.slice(0, -1).map((part, depth) => (paths.every((parts) => parts[depth] === part) ? part : "*"));
  const names = paths.map((parts) => parts.at(-1) ?? "");
  const start = common(names).replace(/[\d.]*$/, "");
  const end = reversed(common(names.map(reversed)));
  const endings = [`*${end}`, `${start}*`, `${start}*${end}`].filter((name) => !/^\*?\.\w+$/.test(name));
  const wanted = new Set(files.map(({ path }) => path));
  const allowed = new Set(besides.map(({ path }) => path));
  const candidates = ["*", ...endings].map((name) => [...folders, name].join("/"));
  const found = candidates.find((pattern) => {
    const selected = all.filter(({ path }) => matches(pattern, path));
    return selected.every(({ path }) => wanted.has(path) || allowed.has(path));
  });
  if (found === undefined) return undefined;
  return found.endsWith("/*") && !folders.includes("*") ? found.slice(0, -2) : found;
}

/** The longest beginning that all have. */
function common(names: readonly string[]): string {
  const [first = "", ...others] = names;
  let length = first.length;
  for (const other of others) while (!other.startsWith(first.slice(0, length))) length--;
  return names.length === 1 ? "" : first.slice(0, length);
}

function reversed(text: string): string {
  return [...text].reverse().join("");
}

function matches(pattern: string, path: string): boolean {
  const [expected, given] = [pattern.split("/"), path.split("/")];
  if (expected.length !== given.length) return false;
  return expected.every((part, i) => {
    const name = given[i] ?? "";
    const [start = "", end] = part.split("*");
    if (end === undefined) return name === part;
    return name.length >= start.length + end.length && name.startsWith(start) && name.endsWith(end);
  });
}

/** Whether one of the words that a path is made of, `imagesTr/cell1_label.png` → images, tr, cell, label, png, is such a word. */
function hasWord(path: string, word: RegExp): boolean {
  const parts = path.replaceAll(/\.[^./]+$/g, "").replaceAll(/(\p{Ll})(\p{Lu})/gu, "$1 $2");
  return parts.split(/[^\p{L}]+/u).some((part) => word.test(part.toLowerCase()));
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}

function some(files: readonly LayoutFile[]): string {
  const names = files.slice(0, 3).map(({ path }) => path);
  return names.join(", ") + (files.length > 3 ? ` and ${files.length - 3} more` : "");
}
