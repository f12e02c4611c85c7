/** At most `most` items of a list, evenly spread, the first and the last among them, and those that `keep` names. */
export function thin<T>(items: readonly T[], most: number, keep: (item: T) => boolean = () => false): T[] {
  if (items.length <= most) return [...items];
  const step = (items.length - 1) / (most - 1);
  const picked = new Set(Array.from({ length: most }, (_, i) => Math.round(i * step)));
  return items.filter((item, i) => picked.has(i) || keep(item));
}
