import type { Scoreboard, Statistics } from "@em-stellar/core";

/** What is resampled and compared as a whole. */
export interface Units {
  readonly kind: Statistics["units"]["kind"];
  /** The test images of each unit, by id. */
  readonly images: readonly (readonly string[])[];
  /** What a reader has to know about them. */
  readonly note: string | undefined;
}

/** Groups from which on they are the units: on fewer no two-sided signed-rank test reaches p = 0.05. */
const enoughGroups = 6;

/**
 * The independent units of the test set. Images of one group resemble each other, so that groups are the units where there
 * are at least 6 of them. With fewer, groups could decide nothing; images are the units, and the note says that they are
 * fewer than they seem. An image without a group is a group of its own.
 */
export function unitsOf({ images: testImages }: Pick<Scoreboard, "images">): Units {
  const groups = new Map<string, string[]>();
  for (const { id, group } of testImages) {
    const key = group === undefined ? `image ${id}` : `group ${group}`;
    groups.set(key, [...(groups.get(key) ?? []), id]);
  }
  const single = testImages.map(({ id }) => [id]);
  if (groups.size === testImages.length) return { kind: "images", images: single, note: undefined };
  if (groups.size >= enoughGroups) return { kind: "groups", images: [...groups.values()], note: undefined };
  return {
    kind: "images",
    images: single,
    note: `The ${testImages.length} test images come from ${groups.size === 1 ? "1 group" : `${groups.size} groups`}. Images of one group resemble each other, but ${groups.size < 2 ? "one" : "so few"} cannot be compared as groups (that takes ${enoughGroups}), so each image was counted for itself: intervals are shorter and p-values smaller than they should be.`,
  };
}
