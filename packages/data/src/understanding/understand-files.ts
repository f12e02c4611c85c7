import { binarize, type DataSource, type Dataset, type ImageFile, InputError, type Sample } from "@em-stellar/core";
import { guessLayout, type Layout, type LayoutFile } from "../layout.js";
import { count } from "./count.js";
import { holdingOut } from "./holding-out.js";
import { areNumbered } from "./numbered-objects.js";

/** What somebody says of images and masks, where their names and values do not. */
export interface Said {
  /** Folders, patterns or stacks. */
  readonly images?: string;
  readonly masks?: string;
  readonly testImages?: string;
  readonly testMasks?: string;
  /** Regular expression for the part of a name that tells which images belong together. */
  readonly groupBy?: string;
  /** Values of masks that mean object. */
  readonly labels?: readonly number[] | "nonzero";
  /** Further options of the data source, which go before what is understood. */
  readonly options?: Readonly<Record<string, unknown>>;
}

/** Images and masks as a suite can read them. */
export interface Understanding {
  readonly data: DataSource;
  /** Only the options that are not the defaults. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly dataset: Dataset;
  /** What was understood, in words. */
  readonly sentences: readonly string[];
  /** Share of object among all pixels of the masks. */
  readonly share: number;
  /** Of all images, in pixels. */
  readonly smallestSide: number;
  readonly folds: number;
  /** Whether folds divide the images of a group, because only one group is left to learn from. */
  readonly foldsSplitGroups: boolean;
  /** Whether a training image shows no object, so that folds have to be balanced. */
  readonly someAreEmpty: boolean;
}

/** What is decided, one after the other: which files are images and masks, which belong together, what masks mean, the test. */
export type Stage = "roles" | "pairs" | "values" | "test";

/** Where the files are that are to be understood, and how advice is spelled there. */
export interface PlaceToUnderstand {
  /** How messages call it. */
  readonly name: string;
  readonly files: readonly LayoutFile[];
  /** The folder that paths start from; absent where there are no folders. */
  readonly folder?: string;
  sourceOf(source: Layout["source"], options: Readonly<Record<string, unknown>>): DataSource;
  open(path: string): Promise<ImageFile>;
  readonly advice: {
    /** What to do where the roles of files are not clear. */
    readonly roles: string;
    /** What to do where the values of masks can be read in more than one way. */
    readonly values: string;
    /** What to do where masks mark the background. */
    readonly inverted: string;
  };
  /** Told as each stage begins. */
  readonly onStage?: (stage: Stage) => void;
}

/** Finds out how files make a data set. Throws `InputError` with the one thing that only the user can know. */
export async function understandFiles(place: PlaceToUnderstand, said: Said): Promise<Understanding> {
  const { files, folder, sourceOf, onStage = () => {} } = place;
  const context = folder === undefined ? {} : { folder };
  onStage("roles");
  const { source, options, roles } = layoutOf(place, said);
  const told = { ...options, ...said.options };
  onStage("pairs");
  const { train, test } = await sourceOf(source, told).open(context);
  onStage("values");
  const found = said.labels ? labelOptions(said.labels) : await valueOptions(place, [...train, ...test], roles);
  onStage("test");
  const heldOut = holdingOut(source, told, train);
  const all = { ...told, ...found, ...heldOut.options };
  const data = sourceOf(source, all);
  const dataset = await data.open(context);
  onStage("values");
  const { share, smallestSide, someAreEmpty } = await look([...dataset.train, ...dataset.test]);
  if (share === 0)
    throw new InputError("No mask has an object: there is nothing to learn. Are these really the masks?");
  const groups = new Set(dataset.train.map(({ group, id }) => group ?? id)).size;
  if (dataset.train.length < 2) {
    throw new InputError("There is one image to learn from, and folds need at least two. Add more images.");
  }
  const foldsSplitGroups = groups === 1;
  return {
    data,
    options: all,
    dataset,
    share,
    smallestSide,
    someAreEmpty,
    folds: Math.min(3, foldsSplitGroups ? dataset.train.length : groups),
    foldsSplitGroups,
    sentences: [
      ...describe(source, all, files.length, dataset, heldOut.sentence),
      `Of all pixels, ${(100 * share).toFixed(share < 0.1 ? 1 : 0)} % are object.`,
      ...("maskRule" in found ? ["The masks number their objects: every value except 0 is object."] : []),
      ...(share > 0.5 ? [`! The object covers most of the images. ${place.advice.inverted}`] : []),
    ],
  };
}

function layoutOf({ name, files, advice }: PlaceToUnderstand, said: Said): Layout {
  const { images, masks, testImages, testMasks, groupBy } = said;
  const given = Object.fromEntries(
    Object.entries({ images, masks, testImages, testMasks, groupBy }).filter(([, value]) => value !== undefined),
  ) as Record<string, string>; // what is undefined was left out
  const guess = guessLayout(files);
  if ("layout" in guess) return { ...guess.layout, options: { ...guess.layout.options, ...given } };
  if (images === undefined || masks === undefined) {
    throw new InputError(`${name}: ${guess.open} ${advice.roles}`);
  }
  const named = (path: string) => files.filter((file) => file.path === path);
  const isStack = [...named(images), ...named(masks)].some(({ pages }) => pages > 1);
  const roles = { images: named(images), masks: named(masks), testImages: [], testMasks: [] };
  return { source: isStack ? "image-stack" : "image-folder", options: given, roles };
}

function labelOptions(labels: readonly number[] | "nonzero"): Record<string, unknown> {
  return labels === "nonzero" ? { maskRule: "index" } : { objectLabels: labels };
}

/** What to say of the values in the masks: nothing where they explain themselves, that they number objects where they do. */
async function valueOptions(
  { open, advice }: PlaceToUnderstand,
  samples: readonly Sample[],
  roles: Layout["roles"],
): Promise<Record<string, unknown>> {
  try {
    for (const sample of samples) await sample.mask?.();
    return {};
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const masks = [...roles.masks, ...roles.testMasks].map(({ path }) => path);
    if (masks.length > 0 && (await areNumbered(masks, open))) return { maskRule: "index" };
    throw new InputError(`${error.message}\n${advice.values}`);
  }
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
  const { images, masks, testImages } = options;
  const what = source === "image-stack" ? "slice" : "tiles" in options ? "tile" : "image";
  return [
    `${count(files, "file")}: images in ${images}, their masks in ${masks}${testImages === undefined ? "" : `, test images in ${testImages}`}.`,
    ...(heldOut === "" ? [] : [heldOut]),
    `${count(train.length, what)} to train on, ${count(test.length, what)} for the test.`,
    ...("groupBy" in options || "groupRanges" in options
      ? [`Groups: ${groupsOf(train)} to train on, ${groupsOf(test)} for the test.`]
      : []),
  ];
}

function groupsOf(samples: readonly Sample[]): string {
  const names = [...new Set(samples.map(({ group, id }) => group ?? id))];
  return names.length > 5 ? `${names.slice(0, 5).join(", ")} and ${names.length - 5} more` : names.join(", ");
}
