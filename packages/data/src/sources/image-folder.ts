import {
  type DataContext,
  type Dataset,
  defineDataSource,
  type ImageFile,
  type ImagePage,
  InputError,
  requireSameSize,
  type Sample,
  texts,
} from "@em-stellar/core";
import { imageFormats } from "../formats/image-formats.js";
import { toGrey } from "../grey.js";
import { type MaskRule, maskRuleProblem, plainMasks, type StoredMask } from "../mask-rule.js";
import { shownOf } from "../masks/shown.js";
import { groupOfNumber, noRanges, partOf, type RangeOptions, rangesProblem } from "../number-ranges.js";
import { expressionProblem, type Pair, pairByName } from "../pairing.js";
import { type PlanesOptions, plainPlanes, planesProblem } from "../tiff/planes.js";
import { halfGiven } from "./half-given.js";
import { holdOut } from "./hold-out.js";
import type { ImageFiles } from "./image-files.js";
import { type ImageReader, imageReader } from "./image-reader.js";
import { maskSet } from "./mask-set.js";
import { tileSamples } from "./tile-samples.js";

export interface ImageFolderOptions extends MaskRule, RangeOptions, PlanesOptions {
  /** Folder or pattern (`*`, `?`, `**`) of the training images; relative to the suite's folder. */
  images: string;
  /** Folder or pattern of their masks. */
  masks: string;
  /** Folder or pattern of the images that are held out for the test; `null`: none, or those of `testGroups` or `testRange`. */
  testImages: string | null;
  testMasks: string | null;
  /** Folder or pattern of the images that are always validated on, in place of folds; `null`: none, or those of `validationRange`. */
  validationImages: string | null;
  validationMasks: string | null;
  /** Regular expression whose first group, or whole match, in an image's name is its group: `"^[A-D]"`. `null`: no groups. */
  groupBy: string | null;
  /** Groups of `images` that are held out for the test: `["D"]`. */
  testGroups: readonly string[] | null;
  /**
   * Share of `images` that is held out for the test, where there are no test images: 0.2. Whole groups, where there are any.
   * `null`: none.
   */
  testShare: number | null;
  /** Seed of the draw of `testShare`. */
  testSeed: number;
  /**
   * Cuts each image into this many × this many tiles, each an image of its own: for a single large image. The tiles of a
   * column are a group. `null`: images stay whole.
   */
  tiles: number | null;
  /** Regular expression whose first group, or whole match, pairs image and mask: `"\\d+$"`. `null`: the whole name. */
  pairBy: string | null;
}

/** The data source `image-folder` over files that lie there: PNG or TIFF images and masks, one file each, paired by name. */
export function imageFolderOf(files: ImageFiles) {
  return defineDataSource({
    id: "image-folder",
    summary: "Folders of PNG or TIFF images and masks, paired by name",
    defaults: {
      images: "images",
      masks: "masks",
      testImages: null,
      testMasks: null,
      validationImages: null,
      validationMasks: null,
      groupBy: null,
      testGroups: null,
      testShare: null,
      testSeed: 1,
      tiles: null,
      pairBy: null,
      ...noRanges,
      ...plainMasks,
      ...plainPlanes,
    },
    check: (options: ImageFolderOptions) => findProblem(options),
    open: (options: ImageFolderOptions, context: DataContext) => openFolder(options, context, files),
  });
}

async function openFolder(
  options: ImageFolderOptions,
  { folder, formats = imageFormats, settled }: DataContext,
  files: ImageFiles,
): Promise<Dataset> {
  const { pairBy, testGroups, testShare, testSeed, gap } = options;
  const reader = imageReader(formats, files.source, options.planes);
  const openOne = (path: string) => openSingle(reader, files.locate(path, folder), path);
  const read = async (path: string) => (await openOne(path)).read(0);
  const pairsOf = async (images: "images" | "testImages" | "validationImages", masks: keyof ImageFolderOptions) => {
    const [ofImages, ofMasks] = [options[images], options[masks]];
    if (ofImages === null || typeof ofMasks !== "string") return [];
    const find = (pattern: string, option: string) => files.find(pattern, folder, option, formats);
    const [imageFiles, maskFiles] = [await find(ofImages, images), await find(ofMasks, masks)];
    for (const [only, ...others] of [imageFiles, maskFiles]) {
      // One file is often a stack: that is what to say, rather than that its name has no partner.
      if (only && others.length === 0) await openOne(only.path);
    }
    return pairByName(imageFiles, maskFiles, pairBy, files.match);
  };
  const pairs = await pairsOf("images", "masks");
  const testPairs = await pairsOf("testImages", "testMasks");
  const validationPairs = await pairsOf("validationImages", "validationMasks");
  const all = [...pairs, ...testPairs, ...validationPairs];
  const stored: StoredMask[] = [];
  for (const pair of all) {
    stored.push({
      name: pair.mask,
      // What was settled before need not be looked at again.
      ...(settled === undefined && { shown: shownOf(await requireSamePixels(openOne, pair)) }),
      read: () => read(pair.mask),
    });
  }
  const masks = maskSet(options, stored, settled);
  const sampleOf = (pair: Pair, id: string): Sample => {
    const number = lastNumber.exec(pair.name)?.[0];
    const group = groupOf(pair, number, options, files.match);
    return {
      id,
      ...(group === undefined ? {} : { group }),
      ...(number === undefined ? {} : { z: Number(number), stack: pair.name.replace(lastNumber, "#") }),
      image: async () => toGrey(await read(pair.image), pair.image),
      mask: () => masks.read(all.indexOf(pair)),
    };
  };
  const trainIds = new Set(pairs.map(({ name }) => idOf(name)));
  const apart = (pair: Pair, part: string) => {
    const id = idOf(pair.name);
    return sampleOf(pair, trainIds.has(id) ? `${part}-${id}` : id);
  };
  const inTiles = async (samples: readonly Sample[], of: readonly Pair[]): Promise<Sample[]> => {
    const { tiles } = options;
    if (tiles === null) return [...samples];
    const cut: Sample[] = [];
    for (const [i, sample] of samples.entries()) {
      const { image } = of[i] as Pair; // one for each sample
      cut.push(...tileSamples(sample, (await openOne(image)).pages[0], tiles));
    }
    return cut;
  };
  const whole = pairs.map((pair) => sampleOf(pair, idOf(pair.name)));
  const samples = await inTiles(whole, pairs);
  const partIn = (pairsOfPart: readonly Pair[], part: string) =>
    inTiles(
      pairsOfPart.map((pair) => apart(pair, part)),
      pairsOfPart,
    );
  requireGroups(samples, testGroups);
  const heldGroups = new Set(testGroups);
  const partOfSample = ({ id, z, group }: Sample) => {
    if (group !== undefined && heldGroups.has(group)) return "test";
    if (z === undefined && (options.testRange || options.validationRange)) throw withoutNumber(id);
    return z === undefined ? "train" : partOf(z, options);
  };
  const of = (part: ReturnType<typeof partOf>) => samples.filter((sample) => partOfSample(sample) === part);
  const validation = [...of("validation"), ...(await partIn(validationPairs, "validation"))];
  const held = testShare === null ? undefined : holdOut(of("train"), testShare, testSeed);
  const train = held?.train ?? of("train");
  if (train.length === 0) {
    throw new InputError(
      `testGroups, testRange, validationRange and gap leave no image of ${options.images} to learn from. ${samples.length} were found.`,
    );
  }
  return {
    train: [...train, ...validation.map((sample) => ({ ...sample, validation: true }))],
    test: [...(held?.test ?? []), ...of("test"), ...(await partIn(testPairs, "test"))],
    gap,
    settled: masks.settled,
    warnings: masks.warnings,
  };
}

/** The last number in a name: that of a slice, as programs number them. */
const lastNumber = /\d+(?=\D*$)/;

function withoutNumber(id: string): InputError {
  return new InputError(
    `testRange and validationRange go by the last number in a file's name, but "${id}" has none. Number the files, or hold out a folder with testImages and testMasks.`,
  );
}

function requireGroups(samples: readonly Sample[], testGroups: readonly string[] | null): void {
  for (const group of testGroups ?? []) {
    if (samples.some((sample) => sample.group === group)) continue;
    const present = [...new Set(samples.map((sample) => sample.group))].join(", ");
    throw new InputError(`testGroups names the group "${group}", but no image is of it. Groups: ${present}.`);
  }
}

function findProblem(options: ImageFolderOptions): string | undefined {
  const { groupBy, groupRanges, testGroups, pairBy } = options;
  const notGroups = testGroups !== null && texts("testGroups")({ testGroups });
  if (notGroups) return notGroups;
  const half =
    halfGiven(options, "testImages", "testMasks") ?? halfGiven(options, "validationImages", "validationMasks");
  if (half) return half;
  if (groupBy !== null && groupRanges !== null) {
    return "was given both groupBy and groupRanges. Leave one out: an image is of one group.";
  }
  if (testGroups !== null && groupBy === null && groupRanges === null) {
    return `was given testGroups, but no groupBy that says which image is of which group: groupBy: "^[A-D]".`;
  }
  return (
    holdOutProblem(options) ??
    rangesProblem(options) ??
    expressionProblem("groupBy", groupBy) ??
    expressionProblem("pairBy", pairBy) ??
    maskRuleProblem(options) ??
    planesProblem(options)
  );
}

function holdOutProblem(options: ImageFolderOptions): string | undefined {
  const { testShare, testSeed, tiles } = options;
  if (testShare !== null) {
    if (!(testShare > 0 && testShare < 1)) {
      return `needs a share between 0 and 1 for "testShare", but was given ${testShare}. To hold out a fifth: 0.2.`;
    }
    const other = (["testImages", "testGroups", "testRange"] as const).find((option) => options[option] !== null);
    if (other) return `was given testShare and ${other}. Both hold images out: leave one of them out.`;
  }
  if (!Number.isSafeInteger(testSeed)) return `needs a whole number for "testSeed", but was given ${testSeed}.`;
  if (tiles !== null && (!Number.isInteger(tiles) || tiles < 2 || tiles > 64)) {
    return `needs a whole number from 2 to 64, or null, for "tiles", but was given ${JSON.stringify(tiles)}. For 4 × 4 tiles: 4.`;
  }
  return undefined;
}

/** Compares what the headers say; that of the mask. */
async function requireSamePixels(
  open: (path: string) => Promise<SingleImage>,
  { image, mask }: Pair,
): Promise<ImagePage> {
  const [ofImage, ofMask] = [await open(image), await open(mask)];
  requireSameSize(`${image} and ${mask}`, ofImage.pages[0], ofMask.pages[0]);
  return ofMask.pages[0];
}

/** A file of one image; throws `InputError` where it has several pages. */
async function openSingle(reader: ImageReader, file: string, path: string): Promise<SingleImage> {
  const { pages, read } = await reader.open(file, path);
  const [page, ...others] = pages;
  if (page && others.length === 0) return { pages: [page], read };
  throw new InputError(
    `${path} holds ${pages.length} pages, but a folder of images holds one image in each file. Read it with the data source "image-stack".`,
  );
}

interface SingleImage extends ImageFile {
  readonly pages: readonly [ImagePage];
}

function groupOf(
  { name, image }: Pair,
  number: string | undefined,
  options: ImageFolderOptions,
  match: ImageFiles["match"],
): string | undefined {
  const { groupBy, groupRanges } = options;
  if (groupRanges !== null) {
    const ofNumber = number === undefined ? undefined : groupOfNumber(Number(number), options);
    if (ofNumber !== undefined) return ofNumber;
    throw new InputError(
      `No range of groupRanges holds the number of "${name}" (${image}): it goes by the last number in the name. Add a range for it.`,
    );
  }
  if (groupBy === null) return undefined;
  const group = match(groupBy, name);
  if (group === undefined) {
    throw new InputError(
      `groupBy ${JSON.stringify(groupBy)} matches nothing in the name "${name}" (${image}). Every image needs a group; try "^[^_]+" or leave groupBy out.`,
    );
  }
  return group;
}

/** Ids name files of results: no folder separators. */
function idOf(name: string): string {
  return name.replaceAll("/", "-");
}
