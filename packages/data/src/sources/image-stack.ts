import {
  type DataContext,
  type Dataset,
  type DecodedImage,
  defineDataSource,
  type ImageFile,
  type ImagePage,
  InputError,
  requireSameSize,
  type Sample,
} from "@em-stellar/core";
import { imageFormats } from "../formats/image-formats.js";
import { toGrey } from "../grey.js";
import { type MaskRule, maskRuleProblem, plainMasks } from "../mask-rule.js";
import { type Shown, shownOf } from "../masks/shown.js";
import { groupOfNumber, noRanges, partOf, type RangeOptions, rangesProblem } from "../number-ranges.js";
import { type PlanesOptions, plainPlanes, planesProblem } from "../tiff/planes.js";
import { halfGiven } from "./half-given.js";
import type { ImageFiles } from "./image-files.js";
import { imageReader } from "./image-reader.js";
import { maskSet } from "./mask-set.js";

export interface ImageStackOptions extends MaskRule, RangeOptions, PlanesOptions {
  /** Multi-page TIFF of the slices; relative to the suite's folder. */
  images: string;
  /** Multi-page TIFF of their masks, page for page. */
  masks: string;
  /** Multi-page TIFF of slices that are held out for the test. */
  testImages: string | null;
  testMasks: string | null;
  /** Multi-page TIFF of slices that are always validated on, in place of folds. */
  validationImages: string | null;
  validationMasks: string | null;
  /**
   * The training slices are cut into this many runs of neighbours, each a group: neighbouring slices nearly repeat each
   * other. `null`: every slice stands alone.
   */
  blocks: number | null;
}

/** The data source `image-stack` over files that lie there: a multi-page TIFF of slices, which are read when they are needed, and one of masks. */
export function imageStackOf(files: ImageFiles) {
  return defineDataSource({
    id: "image-stack",
    summary: "A multi-page TIFF of slices and one of their masks",
    defaults: {
      images: "images.tif",
      masks: "masks.tif",
      testImages: null,
      testMasks: null,
      validationImages: null,
      validationMasks: null,
      blocks: 6,
      ...noRanges,
      ...plainMasks,
      ...plainPlanes,
    },
    check: (options: ImageStackOptions) => findProblem(options),
    open: (options: ImageStackOptions, context: DataContext) => openStack(options, context, files),
  });
}

async function openStack(
  options: ImageStackOptions,
  { folder, formats = imageFormats, settled }: DataContext,
  files: ImageFiles,
): Promise<Dataset> {
  const { images, masks, testImages, testMasks, validationImages, validationMasks, blocks, groupRanges } = options;
  const reader = imageReader(formats, files.source, options.planes);
  const openOne = (path: string) => reader.open(files.locate(path, folder), path);
  const open = (ofImages: string | null, ofMasks: string | null, prefix: string) =>
    ofImages === null || ofMasks === null ? [] : openSlices(openOne, ofImages, ofMasks, prefix);
  const slices = await open(images, masks, "");
  const tests = await open(testImages, testMasks, "test-");
  const validations = await open(validationImages, validationMasks, "validation-");
  const all = [...slices, ...tests, ...validations];
  const maskMaps = maskSet(
    options,
    all.map(({ mask, maskName, shown }) => ({ name: maskName, shown, read: mask })),
    settled,
  );
  const sampleOf = (slice: Slice, group: string | undefined): Sample => ({
    id: slice.id,
    z: slice.z,
    stack: slice.stack,
    ...(group === undefined ? {} : { group }),
    image: async () => toGrey(await slice.image(), slice.imageName),
    mask: () => maskMaps.read(all.indexOf(slice)),
  });
  requireSlices(options, slices.length);
  const of = (part: ReturnType<typeof partOf>) => slices.filter(({ z }) => partOf(z, options) === part);
  const learnt = of("train");
  if (learnt.length === 0) {
    const { testRange, validationRange, gap } = options;
    const ranges = [testRange && `testRange [${testRange}]`, validationRange && `validationRange [${validationRange}]`];
    throw new InputError(
      `${ranges.filter((range) => range !== null).join(" and ")} with a gap of ${gap} leave${validationRange && testRange ? "" : "s"} no slice of ${images} to learn from.`,
    );
  }
  const isGrouped = blocks !== null || groupRanges !== null;
  const groupOf = ({ z }: Slice, i: number) => {
    if (groupRanges !== null) return groupOfNumber(z, options) ?? outsideRanges(z, images);
    return blocks === null ? undefined : `block-${1 + Math.floor((i * blocks) / learnt.length)}`;
  };
  const apart = (part: string, list: readonly Slice[]) =>
    list.map((slice) => sampleOf(slice, isGrouped ? part : undefined));
  return {
    train: [
      ...learnt.map((slice, i) => sampleOf(slice, groupOf(slice, i))),
      ...apart("validation", [...of("validation"), ...validations]).map((sample) => ({
        ...sample,
        validation: true,
      })),
    ],
    test: apart("test", [...of("test"), ...tests]),
    gap: options.gap,
    settled: maskMaps.settled,
    warnings: maskMaps.warnings,
  };
}

/** Throws `InputError` where a range reaches beyond the stack. */
function requireSlices({ images, testRange, validationRange }: ImageStackOptions, count: number): void {
  for (const [option, range] of Object.entries({ testRange, validationRange })) {
    if (range && (range[1] > count || range[0] < 1)) {
      const [end, at] = range[0] < 1 ? ["begins", range[0]] : ["ends", range[1]];
      throw new InputError(`${option} ${end} at slice ${at}, but ${images} has ${count}, counted from 1.`);
    }
  }
}

function outsideRanges(z: number, images: string): never {
  throw new InputError(`No range of groupRanges holds slice ${z} of ${images}, counted from 1. Add a range for it.`);
}

interface Slice {
  readonly id: string;
  readonly z: number;
  /** The file that it is a page of. */
  readonly stack: string;
  /** What the header of its mask says. */
  readonly shown: Shown;
  readonly image: () => Promise<DecodedImage>;
  readonly mask: () => Promise<DecodedImage>;
  readonly imageName: string;
  readonly maskName: string;
}

async function openSlices(
  open: (path: string) => Promise<ImageFile>,
  images: string,
  masks: string,
  prefix: string,
): Promise<Slice[]> {
  const [imageFile, maskFile] = [await open(images), await open(masks)];
  const count = imageFile.pages.length;
  if (count !== maskFile.pages.length) {
    throw new InputError(
      `${images} has ${count} slices and ${masks} has ${maskFile.pages.length}. Every slice needs its mask, page for page.`,
    );
  }
  const digits = Math.max(3, String(count).length);
  return imageFile.pages.map((image, index) => {
    const [imageName, maskName] = [`${images} (page ${index + 1})`, `${masks} (page ${index + 1})`];
    const ofMask = maskFile.pages[index] as ImagePage; // as many as images
    requireSameSize(`${imageName} and ${maskName}`, image, ofMask);
    return {
      id: `${prefix}slice-${String(index + 1).padStart(digits, "0")}`,
      z: index + 1,
      stack: images,
      shown: shownOf(ofMask),
      image: () => imageFile.read(index),
      mask: () => maskFile.read(index),
      imageName,
      maskName,
    };
  });
}

function findProblem(options: ImageStackOptions): string | undefined {
  const { blocks, groupRanges } = options;
  if (blocks !== null && (!Number.isInteger(blocks) || blocks < 1)) {
    return `needs a whole number of at least 1, or null, for "blocks", but was given ${JSON.stringify(blocks)}.`;
  }
  return (
    halfGiven(options, "testImages", "testMasks") ??
    halfGiven(options, "validationImages", "validationMasks") ??
    rangesProblem(options) ??
    (groupRanges?.length === 1 ? 'needs two ranges at least for "groupRanges", but was given one.' : undefined) ??
    maskRuleProblem(options) ??
    planesProblem(options)
  );
}
