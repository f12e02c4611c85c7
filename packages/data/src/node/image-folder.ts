import { resolve } from "node:path";
import {
  type DataContext,
  defineDataSource,
  type ImageFile,
  type ImagePage,
  InputError,
  requireSameSize,
  type Sample,
} from "@em-stellar/core";
import { toGrey } from "../grey.js";
import { lazily } from "../lazily.js";
import { createMaskReader, type MaskRule, maskRuleProblem, plainMasks } from "../mask-rule.js";
import { expressionProblem, firstMatch, type Pair, pairByName } from "../pairing.js";
import { findFiles } from "./find-files.js";
import { createImageReader, type ImageReader } from "./image-pages.js";

export interface ImageFolderOptions extends MaskRule {
  /** Folder or pattern (`*`, `?`, `**`) of the training images; relative to the suite's folder. */
  images: string;
  /** Folder or pattern of their masks. */
  masks: string;
  /** Folder or pattern of the images that are held out for the test; `null`: none, or those of `testGroups`. */
  testImages: string | null;
  testMasks: string | null;
  /** Regular expression whose first group, or whole match, in an image's name is its group: `"^[A-D]"`. `null`: no groups. */
  groupBy: string | null;
  /** Groups of `images` that are held out for the test: `["D"]`. */
  testGroups: readonly string[] | null;
  /** Regular expression whose first group, or whole match, pairs image and mask: `"\\d+$"`. `null`: the whole name. */
  pairBy: string | null;
}

/** PNG or TIFF images and masks, one file each, paired by name. Colours become grey (ITU-R BT.601 luma). */
export const imageFolder = defineDataSource({
  id: "image-folder",
  summary: "Folders of PNG or TIFF images and masks, paired by name",
  defaults: {
    images: "images",
    masks: "masks",
    testImages: null,
    testMasks: null,
    groupBy: null,
    testGroups: null,
    pairBy: null,
    ...plainMasks,
  },
  check: (options: ImageFolderOptions) => findProblem(options),
  async open(options: ImageFolderOptions, { folder, formats }: DataContext) {
    const { images, masks, testImages, testMasks, pairBy, testGroups } = options;
    const reader = createImageReader(formats);
    const read = async (path: string) => (await openSingle(reader, path, folder)).read(0);
    const pairs = pairByName(
      await findFiles(images, folder, "images"),
      await findFiles(masks, folder, "masks"),
      pairBy,
    );
    const testPairs =
      testImages === null || testMasks === null
        ? []
        : pairByName(
            await findFiles(testImages, folder, "testImages"),
            await findFiles(testMasks, folder, "testMasks"),
            pairBy,
          );
    for (const pair of [...pairs, ...testPairs]) await requireSamePixels(reader, pair, folder);

    const all = [...pairs, ...testPairs];
    const maskReader = lazily(() =>
      createMaskReader(
        options,
        all.map(({ mask }) => ({ name: mask, read: () => read(mask) })),
      ),
    );
    const trainIds = new Set(pairs.map(({ name }) => idOf(name)));
    const sampleOf = (pair: Pair, id: string): Sample => {
      const group = groupOf(pair, options);
      const number = /\d+(?=\D*$)/.exec(pair.name);
      return {
        id,
        ...(group === undefined ? {} : { group }),
        ...(number ? { z: Number(number[0]) } : {}),
        image: async () => toGrey(await read(pair.image), pair.image),
        mask: async () => (await maskReader()).read(all.indexOf(pair), await read(pair.mask)),
      };
    };
    const samples = pairs.map((pair) => sampleOf(pair, idOf(pair.name)));
    const tests = testPairs.map((pair) => {
      const id = idOf(pair.name);
      return sampleOf(pair, trainIds.has(id) ? `test-${id}` : id);
    });
    const held = new Set(testGroups);
    for (const group of held) {
      if (!samples.some((sample) => sample.group === group)) {
        const present = [...new Set(samples.map((sample) => sample.group))].join(", ");
        throw new InputError(`testGroups names the group "${group}", but no image is of it. Groups: ${present}.`);
      }
    }
    const isHeld = ({ group }: Sample) => group !== undefined && held.has(group);
    return {
      train: samples.filter((sample) => !isHeld(sample)),
      test: [...samples.filter(isHeld), ...tests],
    };
  },
});

function findProblem({
  testImages,
  testMasks,
  groupBy,
  testGroups,
  pairBy,
  ...rule
}: ImageFolderOptions): string | undefined {
  if ((testImages === null) !== (testMasks === null)) {
    const [given, missing] = testMasks === null ? ["testImages", "testMasks"] : ["testMasks", "testImages"];
    return `was given ${given} without ${missing}. Test images are scored against their masks: give both, or neither.`;
  }
  if (testGroups !== null && groupBy === null) {
    return `was given testGroups, but no groupBy that says which image is of which group: groupBy: "^[A-D]".`;
  }
  return expressionProblem("groupBy", groupBy) ?? expressionProblem("pairBy", pairBy) ?? maskRuleProblem(rule);
}

/** Compares what the headers say. */
async function requireSamePixels(
  reader: ImageReader,
  { image, mask }: Pair,
  folder: string | undefined,
): Promise<void> {
  const [ofImage, ofMask] = [await openSingle(reader, image, folder), await openSingle(reader, mask, folder)];
  requireSameSize(`${image} and ${mask}`, ofImage.pages[0], ofMask.pages[0]);
}

/** A file of one image; throws `InputError` where it has several pages. */
async function openSingle(reader: ImageReader, path: string, folder: string | undefined): Promise<SingleImage> {
  const { pages, read } = await reader.open(resolve(folder ?? "", path), path);
  const [page, ...others] = pages;
  if (page && others.length === 0) return { pages: [page], read };
  throw new InputError(
    `${path} holds ${pages.length} pages, but a folder of images holds one image in each file. Read it with the data source "image-stack".`,
  );
}

interface SingleImage extends ImageFile {
  readonly pages: readonly [ImagePage];
}

function groupOf({ name, image }: Pair, { groupBy }: ImageFolderOptions): string | undefined {
  if (groupBy === null) return undefined;
  const group = firstMatch(groupBy, name);
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
