/** Returns an error message where images are named without masks, or masks without images. */
export function halfGiven<K extends string>(
  options: Readonly<Record<K, unknown>>,
  images: K,
  masks: K,
): string | undefined {
  if ((options[images] === null) === (options[masks] === null)) return undefined;
  const [given, missing] = options[masks] === null ? [images, masks] : [masks, images];
  return `was given ${given} without ${missing}. Images are scored against their masks: give both, or neither.`;
}
