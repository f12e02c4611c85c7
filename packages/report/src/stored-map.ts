import type { ProbabilityMap, RunStore } from "@em-stellar/core";
import { decode } from "fast-png";

/** A grey PNG of the run folder as a map, or undefined where there is none (an empty path) or it cannot be read. */
export async function readMap(store: RunStore, path: string): Promise<ProbabilityMap | undefined> {
  const file = path === "" ? undefined : await store.read(path);
  if (!file) return undefined;
  try {
    const { width, height, depth, channels, data } = decode(file);
    if (channels !== 1 || (depth !== 8 && depth !== 16)) return undefined;
    return { width, height, data: data instanceof Uint16Array ? data : new Uint8Array(data), maximum: 2 ** depth - 1 };
  } catch {
    return undefined; // a damaged picture costs its place on the page, not the page
  }
}
