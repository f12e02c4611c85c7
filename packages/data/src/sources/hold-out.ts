import { createRandom, InputError, type Sample } from "@em-stellar/core";

/**
 * Holds out a share of samples for the test: whole groups, where samples have groups, drawn by a seed until at least the share
 * is reached. Throws `InputError` where too little is left to learn from: folds need two groups or images at least.
 */
export function holdOut(
  samples: readonly Sample[],
  share: number,
  seed: number,
): { readonly train: Sample[]; readonly test: Sample[] } {
  const keys = samples.map(({ group, id }) => (group === undefined ? `image ${id}` : `group ${group}`));
  const units = [...new Set(keys)];
  const held = new Set<string>();
  const count = () => keys.filter((key) => held.has(key)).length;
  for (const unit of createRandom(`${seed}/test`).shuffle(units)) {
    if (held.size > 0 && count() >= share * samples.length) break;
    held.add(unit);
  }
  if (units.length - held.size < 2) {
    const what = samples.some(({ group }) => group !== undefined) ? "groups" : "images";
    throw new InputError(
      `testShare ${share} of ${units.length} ${what} leaves ${units.length - held.size} to learn from, and folds need at least 2. Use a smaller share or more images, or cut each image into tiles: tiles: 4.`,
    );
  }
  return {
    train: samples.filter((_, i) => !held.has(keys[i] as string)), // one key for each sample
    test: samples.filter((_, i) => held.has(keys[i] as string)),
  };
}
