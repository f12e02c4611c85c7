import { InputError, maskOf, type ProbabilityMap } from "@em-stellar/core";
import type { DecodedImage } from "./decoded-image.js";
import { toGrey } from "./grey.js";

/** What the values of stored masks mean. */
export interface MaskRule {
  /**
   * `binary`: 0 is background, the highest value (1, 255 or 65535) object, what lies between is kept as a probability.
   * `index`: 0 is background, every other value or palette index object.
   * `auto`: decided once for the whole set from the values in it; refuses what could be read in two ways.
   */
  readonly maskRule: "auto" | "binary" | "index";
  /** Values or palette indices that mean object; all others mean background. `null`: `maskRule` decides. */
  readonly objectLabels: readonly number[] | null;
}

/** What is wrong with a mask rule, or nothing. */
export function maskRuleProblem({ maskRule, objectLabels }: MaskRule): string | undefined {
  if (!["auto", "binary", "index"].includes(maskRule)) {
    return `needs "auto", "binary" or "index" for "maskRule", but was given ${JSON.stringify(maskRule)}. Labels go to objectLabels: [1].`;
  }
  if (objectLabels === null) return undefined;
  if (maskRule !== "auto") return `was given both maskRule "${maskRule}" and objectLabels. Leave one out.`;
  if (objectLabels.length === 0 || objectLabels.some((label) => typeof label !== "number")) {
    return `needs a list of numbers for "objectLabels", but was given ${JSON.stringify(objectLabels)}. For label 1: [1].`;
  }
  return undefined;
}

/** A mask of a set, before it is decided what its values mean. */
export interface StoredMask {
  /** For messages. */
  readonly name: string;
  read(): DecodedImage | Promise<DecodedImage>;
}

/** Turns a stored mask into a probability map. */
export type MaskReader = (mask: DecodedImage, name: string) => ProbabilityMap;

/**
 * Decides how the masks of a set are read; looks at all of them, one after another, where the rule depends on their values.
 * Throws `InputError` where `auto` cannot tell.
 */
export async function createMaskReader(rule: MaskRule, masks: readonly StoredMask[]): Promise<MaskReader> {
  const { maskRule, objectLabels } = rule;
  if (objectLabels) {
    const labels = new Set(objectLabels);
    return objectWhere((value) => labels.has(value));
  }
  if (maskRule === "index") return objectWhere((value) => value !== 0);
  const counts = await countValues(masks);
  const highest = Math.max(...counts.keys());
  const set =
    masks.length === 1 ? `${masks[0]?.name} holds` : `The masks (${masks[0]?.name} to ${masks.at(-1)?.name}) hold`;
  const maximum = maskRule === "binary" ? fullRangeOf(highest) : maximumOf(counts, highest, set);
  return (mask, name) => {
    const { width, height, data } = stored(mask, name);
    return { width, height, data, maximum };
  };
}

/** Pixels of each value. Of a set with hundreds of different values, only the first of them and the highest. */
async function countValues(masks: readonly StoredMask[]): Promise<Map<number, number>> {
  const counts = new Map<number, number>();
  let highest = 0;
  for (const { name, read } of masks) {
    const { data } = stored(await read(), name);
    for (let i = 0; i < data.length; i++) {
      const value = data[i] as number;
      const count = counts.get(value);
      if (count !== undefined) counts.set(value, count + 1);
      else if (counts.size < 300 || value > highest) counts.set(value, 1);
      if (value > highest) highest = value;
    }
  }
  return counts;
}

function maximumOf(counts: ReadonlyMap<number, number>, highest: number, set: string): number {
  const values = [...counts.keys()].sort((a, b) => a - b);
  const objects = values.filter((value) => value !== 0);
  // Nothing but 0, or one other value: there is one way to read it.
  if (objects.length === 0) return 1;
  if (objects.length === 1 && highest > 0) return highest;
  // White with a few greys at its edges, as lossy compression or resampling leaves them.
  const fullRange = fullRangeOf(highest);
  const painted = objects.reduce((sum, value) => sum + (counts.get(value) ?? 0), 0);
  if (highest === fullRange && values[0] === 0 && (counts.get(highest) ?? 0) >= 0.9 * painted) return highest;
  const shown = values.slice(0, 12).join(", ") + (values.length > 12 ? ", …" : "");
  throw new InputError(
    `${set} the values ${shown}, which can be read in more than one way. Set maskRule to "index" if every value but 0 is object, to "binary" if they are greys from 0 (background) to ${fullRange} (object), or list the values that are object in objectLabels: [${objects[0]}].`,
  );
}

function fullRangeOf(maximum: number): number {
  return maximum <= 1 ? 1 : maximum <= 255 ? 255 : 65535;
}

function objectWhere(isObject: (value: number) => boolean): MaskReader {
  return (mask, name) => {
    const { width, height, data } = stored(mask, name);
    return maskOf(width, height, (i) => isObject(data[i] as number));
  };
}

/** A palette's indices are its labels, not its colours. */
function stored(mask: DecodedImage, name: string): { width: number; height: number; data: DecodedImage["data"] } {
  return mask.palette ? mask : toGrey(mask, name);
}
