import { InputError } from "./errors.js";
import type { ProbabilityMap } from "./raster.js";

/**
 * A map as it is scored where a truth says nothing of some pixels: background there, so that neither objects nor their
 * overlaps and outlines reach into them. Metrics that count background leave these pixels out by themselves.
 */
export function blankIgnored(map: ProbabilityMap, ignored: Uint8Array | undefined): ProbabilityMap {
  if (!ignored?.includes(1)) return map;
  const { data, instances } = map;
  if (ignored.length !== data.length) {
    throw new InputError(`${ignored.length} pixels are marked as ignored or not, but the map has ${data.length}.`);
  }
  return {
    ...map,
    data: data.map((value, i) => (ignored[i] === 1 ? 0 : value)),
    ...(instances && { instances: instances.map((number, i) => (ignored[i] === 1 ? 0 : number)) }),
  };
}

/** How many pixels count. */
export function countedPixels({ data, ignored }: ProbabilityMap): number {
  return ignored ? ignored.reduce((sum, one) => sum - one, data.length) : data.length;
}
