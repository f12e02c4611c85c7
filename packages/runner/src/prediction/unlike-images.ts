import type { Raster } from "@em-stellar/core";
import { count } from "../count.js";
import type { ModelNotes } from "./model-notes.js";

/** The values that an image has. */
export interface NamedRange {
  /** Of the image. */
  readonly name: string;
  readonly lowest: number;
  readonly highest: number;
}

/** The lowest and the highest value of an image. */
export function rangeOf({ data }: Raster, name: string): NamedRange {
  let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < data.length; i++) {
    const value = data[i] as number;
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  return { name, lowest, highest };
}

/** Whether a normalisation by fixed numbers would bring the image far from where the training images were, as 8 bits are from 16. */
export function isUnlike({ lowest, highest }: NamedRange, notes: ModelNotes | undefined): boolean {
  if (notes?.normalization.scope !== "training-set" || !notes.training) return false;
  const range = notes.training.highest - notes.training.lowest;
  const [below, above] = [notes.training.lowest - lowest, highest - notes.training.highest];
  return Math.max(below, above) > range / 2 || highest - lowest < range / 20;
}

/** What to say of images that a model cannot have learnt anything about; undefined where there are none. */
export function unlikeWarning(unlike: readonly NamedRange[], notes: ModelNotes | undefined): string | undefined {
  const [first] = unlike;
  if (!first) return undefined;
  const { lowest, highest } = notes?.training ?? {};
  const which = unlike.length === 1 ? first.name : `${count(unlike.length, "image")}, such as ${first.name}`;
  return `The model learnt from images with values from ${lowest} to ${highest} and normalises all images alike, but ${which}, has ${first.lowest} to ${first.highest}. Bring them to the same range first.`;
}
