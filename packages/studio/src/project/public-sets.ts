import type { Said } from "@em-stellar/data";
import type { GivenFile } from "../files/given-file.js";

/** A data set that anybody may fetch, and the studio knows by its folders. */
export interface PublicSet {
  /** What `em-stellar data` calls it. */
  readonly id: string;
  readonly title: string;
  readonly summary: string;
  readonly licence: string;
  /** Its folders, with the images or masks that each holds. */
  readonly folders: Readonly<Record<string, number>>;
  /** What its files do not say of themselves. */
  readonly said: Said;
}

export const publicSets: readonly PublicSet[] = [
  {
    id: "cardiac",
    title: "Heart muscle (cardiac)",
    summary: "FIB-SEM of mouse heart muscle, mitochondria. 20 images and 4 for the final exam, 512 × 512; 12 MB.",
    licence: "MIT",
    folders: { "train/images": 20, "train/masks": 20, "test/images": 4, "test/masks": 4 },
    said: {
      images: "train/images",
      masks: "train/masks",
      testImages: "test/images",
      testMasks: "test/masks",
      groupBy: "^[A-D]", // four regions of the tissue
    },
  },
  {
    id: "lateral-habenula",
    title: "Brain (lateral habenula)",
    summary: "SBEM of mouse lateral habenula, mitochondria. 20 slices and 10 for the final exam, 1024 × 1024; 29 MB.",
    licence: "education, research and non-profit use",
    folders: { "train/images": 20, "train/masks": 20, "validation/images": 10, "validation/masks": 10 },
    said: {
      images: "train/images",
      masks: "train/masks",
      testImages: "validation/images",
      testMasks: "validation/masks",
      groupBy: "^slice-0\\d", // neighbours nearly repeat each other
      labels: "nonzero", // colours of a palette
    },
  },
];

/**
 * The files of a set among those of a folder that the user gave: its own, or the one that it lies in. Throws an error, for
 * the user, where the folder does not have all of them.
 */
export function filesOfSet(set: PublicSet, files: readonly GivenFile[]): GivenFile[] {
  const start = files.some(({ path }) => path.startsWith(`${set.id}/`)) ? `${set.id}/` : "";
  return Object.entries(set.folders).flatMap(([folder, count]) => {
    const within = files.filter(({ path }) => path.startsWith(`${start}${folder}/`));
    if (within.length !== count) {
      throw new Error(
        `This is not the whole set ${set.id}: ${folder} should hold ${count} files, and ${within.length === 0 ? "is not there" : `holds ${within.length}`}. Choose the folder that "npx em-stellar data ${set.id} FOLDER" has made.`,
      );
    }
    return within.map((file) => ({ ...file, path: file.path.slice(start.length) }));
  });
}
