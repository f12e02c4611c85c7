import { resolve } from "node:path";
import {
  type DataContext,
  type Dataset,
  type DecodedImage,
  defineDataSource,
  type ImagePage,
  InputError,
  requireSameSize,
  type Sample,
} from "@em-stellar/core";
import { toGrey } from "../grey.js";
import { lazily } from "../lazily.js";
import { createMaskReader, type MaskRule, maskRuleProblem, plainMasks } from "../mask-rule.js";
import { createImageReader, type ImageReader } from "./image-pages.js";

export interface ImageStackOptions extends MaskRule {
  /** Multi-page TIFF of the slices; relative to the suite's folder. */
  images: string;
  /** Multi-page TIFF of their masks, page for page. */
  masks: string;
  /** First and last slice that are held out for the test, counted from 1 as Fiji does; `null`: none, or those of `testImages`. */
  testRange: readonly [first: number, last: number] | null;
  /** Multi-page TIFF of slices that are held out for the test. */
  testImages: string | null;
  testMasks: string | null;
  /**
   * The training slices are cut into this many runs of neighbours, each a group: neighbouring slices nearly repeat each
   * other. `null`: every slice stands alone.
   */
  blocks: number | null;
}

/** One multi-page TIFF of slices and one of masks. Colours become grey (ITU-R BT.601 luma). Slices are read when they are needed. */
export const imageStack = defineDataSource({
  id: "image-stack",
  summary: "A multi-page TIFF of slices and one of their masks",
  defaults: {
    images: "images.tif",
    masks: "masks.tif",
    testRange: null,
    testImages: null,
    testMasks: null,
    blocks: 6,
    ...plainMasks,
  },
  check: (options: ImageStackOptions) => findProblem(options),
  async open(options: ImageStackOptions, { folder, formats }: DataContext): Promise<Dataset> {
    const { images, masks, testImages, testMasks, testRange, blocks } = options;
    const reader = createImageReader(formats);
    const slices = await openSlices(reader, images, masks, "", folder);
    const tests =
      testImages === null || testMasks === null ? [] : await openSlices(reader, testImages, testMasks, "test-", folder);
    const all = [...slices, ...tests];
    const maskReader = lazily(() =>
      createMaskReader(
        options,
        all.map(({ mask, maskName }) => ({ name: maskName, read: mask })),
      ),
    );
    const sampleOf = (slice: Slice, group: string | undefined): Sample => ({
      id: slice.id,
      z: slice.z,
      ...(group === undefined ? {} : { group }),
      image: async () => toGrey(await slice.image(), slice.imageName),
      mask: async () => (await maskReader()).read(all.indexOf(slice), await slice.mask()),
    });

    const [first, last] = testRange ?? [0, -1];
    if (last > slices.length) {
      throw new InputError(`testRange ends at slice ${last}, but ${images} has ${slices.length}, counted from 1.`);
    }
    const isHeld = ({ z }: Slice) => z >= first && z <= last;
    const learnt = slices.filter((slice) => !isHeld(slice));
    if (learnt.length === 0)
      throw new InputError(`testRange [${first}, ${last}] leaves no slice of ${images} to learn from.`);
    return {
      train: learnt.map((slice, i) =>
        sampleOf(slice, blocks === null ? undefined : `block-${1 + Math.floor((i * blocks) / learnt.length)}`),
      ),
      test: [...slices.filter(isHeld), ...tests].map((slice) => sampleOf(slice, blocks === null ? undefined : "test")),
    };
  },
});

interface Slice {
  readonly id: string;
  readonly z: number;
  readonly image: () => Promise<DecodedImage>;
  readonly mask: () => Promise<DecodedImage>;
  readonly imageName: string;
  readonly maskName: string;
}

async function openSlices(
  reader: ImageReader,
  images: string,
  masks: string,
  prefix: string,
  folder: string | undefined,
): Promise<Slice[]> {
  const [imageFile, maskFile] = [
    await reader.open(resolve(folder ?? "", images), images),
    await reader.open(resolve(folder ?? "", masks), masks),
  ];
  const count = imageFile.pages.length;
  if (count !== maskFile.pages.length) {
    throw new InputError(
      `${images} has ${count} slices and ${masks} has ${maskFile.pages.length}. Every slice needs its mask, page for page.`,
    );
  }
  const digits = Math.max(3, String(count).length);
  return imageFile.pages.map((image, index) => {
    const [imageName, maskName] = [`${images} (page ${index + 1})`, `${masks} (page ${index + 1})`];
    requireSameSize(`${imageName} and ${maskName}`, image, maskFile.pages[index] as ImagePage); // as many as images
    return {
      id: `${prefix}slice-${String(index + 1).padStart(digits, "0")}`,
      z: index + 1,
      image: () => imageFile.read(index),
      mask: () => maskFile.read(index),
      imageName,
      maskName,
    };
  });
}

function findProblem({ testRange, testImages, testMasks, blocks, ...rule }: ImageStackOptions): string | undefined {
  if ((testImages === null) !== (testMasks === null)) {
    const [given, missing] = testMasks === null ? ["testImages", "testMasks"] : ["testMasks", "testImages"];
    return `was given ${given} without ${missing}. Test slices are scored against their masks: give both, or neither.`;
  }
  if (testRange !== null) {
    const [first, last] = testRange;
    if (testRange.length !== 2 || !Number.isInteger(first) || !Number.isInteger(last) || first < 1 || last < first) {
      return `needs the first and the last slice, counted from 1, for "testRange", but was given ${JSON.stringify(testRange)}. For slices 16 to 20: [16, 20].`;
    }
  }
  if (blocks !== null && (!Number.isInteger(blocks) || blocks < 1)) {
    return `needs a whole number of at least 1, or null, for "blocks", but was given ${JSON.stringify(blocks)}.`;
  }
  return maskRuleProblem(rule);
}
