import { InputError, type ProbabilityMap } from "@em-stellar/core";
import { measureObjects } from "@em-stellar/metrics";
import { type ImageObjects, maskRows } from "@em-stellar/runner";
import type { PagePlace } from "./requests/images.js";
import type { ObjectRule } from "./requests/segment.js";

/** A page that was segmented. */
interface SegmentedMap extends Pick<ProbabilityMap, "width" | "height"> {
  /** Between 0 and 1. */
  readonly data: Float32Array;
}

/** Bytes of maps that are kept at most: a tab that takes more is ended by its browser. */
const mostBytes = 2 ** 31;

const maps = new Map<string, SegmentedMap>();

const keyOf = ({ set, path, page }: PagePlace) => `${set} ${page} ${path}`;

export function keepSegmented(place: PagePlace, map: SegmentedMap): void {
  maps.set(keyOf(place), map);
}

/** Undefined for a page that was not segmented yet. */
export function segmentedOf(place: PagePlace): SegmentedMap | undefined {
  return maps.get(keyOf(place));
}

/** Forgets all maps: those of another model. */
export function forgetSegmented(): void {
  maps.clear();
}

/** Throws `InputError` where maps of so many pixels are more than can be kept. */
export function requireRoom(pixels: number): void {
  if (4 * pixels <= mostBytes) return;
  const megapixels = Math.floor(mostBytes / 4e6);
  throw new InputError(
    `These images have ${Math.round(pixels / 1e6)} megapixels; the page keeps the maps of ${megapixels} at a time. Segment fewer images, or use the command line: em-stellar predict.`,
  );
}

/** The objects of a map by a rule, and where they are. */
export function objectsOf({ width, height, data }: SegmentedMap, { threshold, minArea }: ObjectRule): ImageObjects {
  const meter = measureObjects(width, height, { minimumSize: minArea });
  meter.add(maskRows(data, threshold), data);
  return meter.end();
}
