import { InputError, type Sample } from "@em-stellar/core";
import type { Layout } from "../layout.js";
import { count } from "./count.js";

/** Options that say which images are for the test. */
const ways = ["testImages", "testGroups", "testRange", "testShare"];

/** Options that hold test images out, and what there is to say about it. */
interface HeldOut {
  readonly options: Record<string, unknown>;
  readonly sentence: string;
}

/** Test images where there are none: a fifth of the images or slices, or tiles where images are few. */
export function holdingOut(
  source: Layout["source"],
  options: Readonly<Record<string, unknown>>,
  train: readonly Sample[],
): HeldOut {
  if (ways.some((way) => way in options)) {
    if (train.length > 1 || source === "image-stack" || "tiles" in options) return { options: {}, sentence: "" };
    return {
      options: { tiles: 4 },
      sentence: "One training image cannot be divided into folds, so each image is cut into 4 × 4 tiles.",
    };
  }
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
      sentence: `No slices are marked as test slices, so ${where} held out for the test. Neighbouring slices look alike, so scores are better than they would be on another stack.`,
    };
  }
  if (train.length <= 3) {
    return {
      options: { tiles: 4, testShare: 0.2 },
      sentence: `${train.length === 1 ? "One image is" : `${train.length} images are`} too few to hold any out: each is cut into 4 × 4 tiles, and a fifth of the columns is held out for the test. All tiles show the same tissue, so scores are better than they would be on another image.`,
    };
  }
  const groups = new Set(train.map(({ group }) => group));
  const grouped = !groups.has(undefined);
  if (grouped && groups.size < 3) return holdingOutOneOf([...(groups as ReadonlySet<string>)], train); // all are of a group
  const what = grouped ? `a fifth of the ${groups.size} groups` : `a fifth of the ${train.length} images`;
  return {
    options: { testShare: 0.2 },
    sentence: `No images are marked as test images, so ${what} is held out for the test, drawn by a seed.`,
  };
}

/** One of two groups, such as animals: the one with fewer images, so that more are learnt from. The other fills all folds. */
function holdingOutOneOf(groups: readonly string[], train: readonly Sample[]): HeldOut {
  const size = (name: string) => train.filter(({ group }) => group === name).length;
  const [held, kept] = groups.toSorted((a, b) => size(a) - size(b));
  if (held === undefined || kept === undefined || size(kept) < 2) {
    throw new InputError(
      `There ${groups.length === 1 ? "is one group" : `are ${groups.length} groups`} (${groups.join(", ")}), which ${groups.length === 1 ? "leaves none" : "leave too few images"} to hold out for the test. Set \`groupBy\` to a part of the names that differs between images, or leave it out.`,
    );
  }
  return {
    options: { testGroups: [held] },
    sentence: `There are two groups, so ${held} is held out for the test, and the images of ${kept} are divided into folds. Validation scores are of the same group, so they are better than test scores. With three groups or more, folds divide groups.`,
  };
}
