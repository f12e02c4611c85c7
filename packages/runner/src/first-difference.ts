/** A place where two values made of JSON differ, and what stands there; undefined: nothing. */
export interface Difference {
  readonly path: readonly string[];
  readonly before: unknown;
  readonly now: unknown;
}

/** The first place, in the order of the keys, where two values made of JSON differ; undefined where they are alike. */
export function firstDifference(before: unknown, now: unknown, path: readonly string[] = []): Difference | undefined {
  if (!isTree(before) || !isTree(now) || Array.isArray(before) !== Array.isArray(now)) {
    return before === now ? undefined : { path, before, now };
  }
  const [earlier, later] = [new Map(Object.entries(before)), new Map(Object.entries(now))];
  for (const key of new Set([...earlier.keys(), ...later.keys()])) {
    const found = firstDifference(earlier.get(key), later.get(key), [...path, key]);
    if (found) return found;
  }
  return undefined;
}

function isTree(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
