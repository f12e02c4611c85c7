import { imageFolder } from "em-stellar";
import { at } from "./size.js";

const folderOf = (name: string) =>
  process.env.EM_STELLAR_DATA ? `${process.env.EM_STELLAR_DATA}/${name}` : `data/${name}`;

const cardiac = folderOf("cardiac");
/** The paper's 20 images for training and validation and its 4 test images. */
export const cardiacData = imageFolder({
  images: `${cardiac}/train/images`,
  masks: `${cardiac}/train/masks`,
  testImages: `${cardiac}/test/images`,
  testMasks: `${cardiac}/test/masks`,
});

const habenula = folderOf("lateral-habenula");
const stack = {
  images: `${habenula}/train/images`,
  masks: `${habenula}/train/masks`,
  testImages: `${habenula}/validation/images`,
  testMasks: `${habenula}/validation/masks`,
  maskRule: "index", // palette masks: index 0 is background, index 1 mitochondria
} as const;
/**
 * 20 of the slices that the paper drew its patches from, and 10 others to test on. Neighbours nearly repeat each other, so
 * they stay on one side of every split: as groups, or with a gap before the three slices that `quick` validates on.
 */
export const habenulaData = at({
  quick: imageFolder({ ...stack, validationRange: [26, 28], gap: 3 }),
  half: imageFolder({
    ...stack,
    groupRanges: [
      [10, 16],
      [17, 22],
      [23, 29],
    ],
  }),
  paper: imageFolder({
    ...stack,
    groupRanges: [
      [10, 12],
      [13, 16],
      [17, 19],
      [20, 22],
      [23, 26],
      [27, 29],
    ],
  }),
});
