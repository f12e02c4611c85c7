import { textOrNull } from "@em-stellar/core";

/** Returns an error message where images are named without masks, or masks without images, or either by no text. */
export function halfGiven<K extends string>(
  options: Readonly<Record<K, unknown>>,
  images: K,
  masks: K,
): string | undefined {
  for (const name of [images, masks]) {
    const problem = textOrNull(name, "none")({ [name]: options[name] } as Record<K, string | null>); // which is what it finds out
    if (problem) return problem;
  }
  if ((options[images] === null) === (options[masks] === null)) return undefined;
  const [given, missing] = options[masks] === null ? [images, masks] : [masks, images];
  return `was given ${given} without ${missing}. Images are scored against their masks: give both, or neither.`;
}
