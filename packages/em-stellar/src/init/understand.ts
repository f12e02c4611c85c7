import { join } from "node:path";
import { binarize, type DataSource, type Dataset, InputError, type Sample } from "@em-stellar/core";
import { guessLayout, type Layout, type StoredValues, storedValues } from "@em-stellar/data";
import { createImageReader, imageFolder, imageStack, lookIntoFolder, nothingIn, shown } from "@em-stellar/data/node";
import { count } from "../terminal/format.js";

/** What somebody says of the folder, where its names do not. */
export interface Said {
  /** Folders, patterns or stacks, from the folder. */
  readonly images?: string;
  readonly masks?: string;
  readonly testImages?: string;
  readonly testMasks?: string;
  /** Regular expression for the part of a name that tells which images belong together. */
  readonly groupBy?: string;
  /** Values of masks that mean object. */
  readonly labels?: readonly number[] | "nonzero";
}

/** A folder of images as a suite can read it. */
export interface Understanding {
  readonly data: DataSource;
  /** Only the options that are not the defaults. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly dataset: Dataset;
  /** What was understood, in words. */
  readonly sentences: readonly string[];
  /** Of all images, in pixels. */
  readonly smallestSide: number;
  readonly folds: number;
  /** Whether a training image shows no object, so that folds have to be balanced. */
  readonly someAreEmpty: boolean;
}

/** Looks at a folder and opens it as a source of data. Throws `InputError` with the one thing that only the user can know. */
export async function understand(folder: string, said: Said): Promise<Understanding> {
  const { files, others } = await lookIntoFolder(folder);
  if (files.length === 0) throw nothingIn(folder, others, "init");
  const { source, options, roles } = await layoutOf(folder, files, said);
  const found = said.labels ? labelOptions(said.labels) : await valueOptions(folder, source, options, roles);
  const heldOut = await holdingOut(folder, source, { ...options, ...found });
  const all = { ...options, ...found, ...heldOut.options };
  const data = sourceOf(source, all);
  const dataset = await data.open({ folder });
  const { share, smallestSide, someAreEmpty } = await look([...dataset.train, ...dataset.test]);
  if (share === 0)
    throw new InputError("No mask has an object: there is nothing to learn. Are these really the masks?");
  const groups = new Set(dataset.train.map(({ group, id }) => group ?? id)).size;
  return {
    data,
    options: all,
    dataset,
    smallestSide,
    someAreEmpty,
    folds: Math.min(3, groups),
    sentences: [
      ...describe(source, all, files.length, dataset, heldOut.sentence),
      `Of all pixels, ${(100 * share).toFixed(share < 0.1 ? 1 : 0)} % are object.`,
      ...("maskRule" in found ? ["The masks number their objects: every value except 0 is object."] : []),
      ...(share > 0.5
        ? ["! The object covers most of the images. If the masks mark the background, say so with --labels 0."]
        : []),
    ],
  };
}

async function layoutOf(folder: string, files: Layout["roles"]["images"], said: Said): Promise<Layout> {
  const { images, masks, testImages, testMasks, groupBy } = said;
  const given = Object.fromEntries(
    Object.entries({ images, masks, testImages, testMasks, groupBy }).filter(([, value]) => value !== undefined),
  ) as Record<string, string>; // what is undefined was left out
  const guess = guessLayout(files);
  if ("layout" in guess) return { ...guess.layout, options: { ...guess.layout.options, ...given } };
  if (images === undefined || masks === undefined) {
    throw new InputError(
      `${shown(folder)}: ${guess.open} Name them with \`images\` and \`masks\`: folders, patterns ("*_seg.tif") or stacks below ${shown(folder)}.`,
    );
  }
  const named = (path: string) => files.filter((file) => file.path === path);
  const isStack = [...named(images), ...named(masks)].some(({ pages }) => pages > 1);
  const roles = { images: named(images), masks: named(masks), testImages: [], testMasks: [] };
  return { source: isStack ? "image-stack" : "image-folder", options: given, roles };
}

function sourceOf(source: Layout["source"], options: Readonly<Record<string, unknown>>): DataSource {
  return source === "image-stack" ? imageStack(options) : imageFolder(options);
}

function labelOptions(labels: readonly number[] | "nonzero"): Record<string, unknown> {
  return labels === "nonzero" ? { maskRule: "index" } : { objectLabels: labels };
}

/** What to say of the values in the masks: nothing where they explain themselves, that they number objects where they do. */
async function valueOptions(
  folder: string,
  source: Layout["source"],
  options: Readonly<Record<string, string>>,
  roles: Layout["roles"],
): Promise<Record<string, unknown>> {
  try {
    const { train, test } = await sourceOf(source, options).open({ folder });
    for (const sample of [...train, ...test]) await sample.mask?.();
    return {};
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const masks = [...roles.masks, ...roles.testMasks].map(({ path }) => path);
    if (masks.length > 0 && (await areNumbered(folder, masks))) return { maskRule: "index" };
    throw new InputError(
      `${error.message}\nTell init with \`labels: nonzero\` (every value except 0) or \`labels: 1,2\`.`,
    );
  }
}

/**
 * Whether masks number their objects: the values of each are 1, 2, 3 …, there are six or more in all, and nearly each of
 * them marks one piece, which a class of pixels rarely does.
 */
async function areNumbered(folder: string, masks: readonly string[]): Promise<boolean> {
  const reader = createImageReader();
  let [values, whole] = [0, 0];
  for (const path of masks) {
    const file = await reader.open(join(folder, path), path);
    for (const page of file.pages.keys()) {
      const pieces = piecesOf(storedValues(await file.read(page), path));
      pieces.delete(0);
      if (Math.max(0, ...pieces.keys()) !== pieces.size) return false;
      values += pieces.size;
      whole += [...pieces.values()].filter((count) => count === 1).length;
    }
  }
  return values >= 6 && whole >= 0.9 * values;
}

/** Into how many pieces the pixels of each value fall; pixels that touch at a corner hang together. */
function piecesOf({ width, height, data }: StoredValues): Map<number, number> {
  const pieces = new Map<number, number>();
  const seen = new Uint8Array(data.length);
  for (let start = 0; start < data.length; start++) {
    if (seen[start]) continue;
    const value = data[start] as number; // within the image
    pieces.set(value, (pieces.get(value) ?? 0) + 1);
    seen[start] = 1;
    const open = [start];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      const [x, y] = [at % width, Math.floor(at / width)];
      for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++) {
        for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++) {
          const next = row * width + column;
          if (seen[next] || data[next] !== value) continue;
          seen[next] = 1;
          open.push(next);
        }
      }
    }
  }
  return pieces;
}

/** Test images where there are none: a fifth of the images or slices, or tiles where images are few. */
async function holdingOut(
  folder: string,
  source: Layout["source"],
  options: Readonly<Record<string, unknown>>,
): Promise<{ readonly options: Record<string, unknown>; readonly sentence: string }> {
  if ("testImages" in options) return { options: {}, sentence: "" };
  const { train } = await sourceOf(source, options).open({ folder });
  if (source === "image-stack") {
    const slices = train.length;
    const held = Math.max(1, Math.round(slices / 5));
    if (slices - held < 2) {
      throw new InputError(
        `The stack has ${count(slices, "slice")}: too few to train on some and test on others. Save it as single images, which init cuts into tiles.`,
      );
    }
    const testRange = [slices - held + 1, slices];
    const where = held === 1 ? `slice ${slices} is` : `slices ${testRange.join(" to ")} are`;
    return {
      options: { testRange, blocks: Math.min(6, slices - held) },
      sentence: `There are no test slices: ${where} held out. Slices beside each other look alike, so scores are better than they would be on another stack.`,
    };
  }
  if (train.length <= 3) {
    return {
      options: { tiles: 4, testShare: 0.2 },
      sentence: `${train.length === 1 ? "One image is" : `${train.length} images are`} too few to hold any out: each is cut into 4 × 4 tiles, and a fifth of the columns is held out. All tiles show the same tissue, so scores are better than they would be on another image.`,
    };
  }
  const groups = new Set(train.map(({ group }) => group));
  const grouped = !groups.has(undefined);
  if (grouped && groups.size < 3) {
    throw new InputError(
      `There are ${groups.size} groups (${[...groups].join(", ")}): too few to hold one out and divide the others into folds. Bring a third, or set \`groupBy\` to a part of the names that differs between images.`,
    );
  }
  const what = grouped ? `a fifth of the ${groups.size} groups` : `a fifth of the ${train.length} images`;
  return { options: { testShare: 0.2 }, sentence: `There are no test images: ${what} is held out, drawn by a seed.` };
}

async function look(samples: readonly Sample[]) {
  let [object, pixels] = [0, 0];
  let smallestSide = Number.POSITIVE_INFINITY;
  let someAreEmpty = false;
  for (const sample of samples) {
    const mask = await sample.mask?.();
    if (!mask) continue;
    const here = binarize(mask).reduce((sum, value) => sum + value, 0);
    object += here;
    pixels += mask.width * mask.height;
    smallestSide = Math.min(smallestSide, mask.width, mask.height);
    if (here === 0) someAreEmpty = true;
  }
  return { share: object / pixels, smallestSide, someAreEmpty };
}

function describe(
  source: Layout["source"],
  options: Readonly<Record<string, unknown>>,
  files: number,
  { train, test }: Dataset,
  heldOut: string,
): string[] {
  const { images, masks, testImages, groupBy } = options;
  const what = source === "image-stack" ? "slice" : "tiles" in options ? "tile" : "image";
  const groups = [...new Set(train.map(({ group }) => group))];
  const named = groups.slice(0, 5).join(", ") + (groups.length > 5 ? ", …" : "");
  return [
    `${count(files, "file")}: images in ${images}, their masks in ${masks}${testImages === undefined ? "" : `, test images in ${testImages}`}.`,
    `${count(train.length, what)} to train on, ${count(test.length, what)} for the test.`,
    ...(groupBy === undefined ? [] : [`Groups: ${named}. A group is never split.`]),
    ...(heldOut === "" ? [] : [heldOut]),
  ];
}
