const collator = new Intl.Collator("en", { numeric: true });

/** Order in which people count: `slice-2` before `slice-10`. */
export function naturalOrder(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}
