import { InputError, type Sample } from "@em-stellar/core";
import type { Layout } from "../layout.js";
import { count } from "./count.js";

/** Options that say which images are for the test. */
const ways = ["testImages", "testGroups", "testRange", "testShare"];

/** Test images where there are none: a fifth of the images or slices, or tiles where images are few. */
export function holdingOut(
  source: Layout["source"],
  options: Readonly<Record<string, unknown>>,
  train: readonly Sample[],
): { readonly options: Record<string, unknown>; readonly sentence: string } {
  if (ways.some((way) => way in options)) return { options: {}, sentence: "" };
  if (source === "image-stack") {
    const slices = train.length;
    const held = Math.max(1, Math.round(slices / 5));
    if (slices - held < 2) {
      throw new InputError(
        `The stack has ${count(slices, "slice")}: too few to train on some and test on others. Save it as single images, which can be cut into tiles.`,
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
