import type { DecodedImage, ProbabilityMap } from "@em-stellar/core";
import { decideValues } from "./masks/decide-values.js";
import type { Shown } from "./masks/shown.js";
import { storedValues } from "./masks/stored-values.js";
import { takeCensus, type ValueCensus } from "./masks/value-census.js";
import type { OptionSpelling, Polarity, ValueOptions } from "./masks/value-options.js";
import { readValues, type ValueReading } from "./masks/value-reading.js";

/** What the values of a suite's masks mean. */
export interface MaskRule {
  /**
   * `binary`: 0 is background, the highest value (1, 255 or 65535) object, what lies between is kept as a probability.
   * `index`: 0 is background, every other value or palette index object.
   * `auto`: each mask is read by its own values where they explain themselves; refuses what could be read in two ways.
   */
  readonly maskRule: "auto" | "binary" | "index";
  /** Values or palette indices that mean object; all others mean background. `null`: `maskRule` decides. */
  readonly objectLabels: readonly number[] | null;
  /**
   * Of masks that store 0 for white (or show index 0 white): `as-stored` takes what is not 0 for object, `as-shown` what is
   * white. `auto` asks where that is doubtful.
   */
  readonly polarity: Polarity;
  /** Pixels of this value are left out of training and of every score: 255 where masks of 0 and 1 mark with it what is unknown. */
  readonly ignoreValue: number | null;
}

/** Nothing is said about the values. */
export const plainMasks = {
  maskRule: "auto",
  objectLabels: null,
  polarity: "auto",
  ignoreValue: null,
} as const satisfies MaskRule;

/** Returns an error message, or undefined if the mask rule is valid. */
export function maskRuleProblem({ maskRule, objectLabels, polarity, ignoreValue }: MaskRule): string | undefined {
  if (!["auto", "binary", "index"].includes(maskRule)) {
    return `needs "auto", "binary" or "index" for "maskRule", but was given ${JSON.stringify(maskRule)}. Labels go to objectLabels: [1].`;
  }
  if (!["auto", "as-stored", "as-shown"].includes(polarity)) {
    return `needs "auto", "as-stored" (what is not 0 is object) or "as-shown" (what is shown white is object) for "polarity", but was given ${JSON.stringify(polarity)}.`;
  }
  if (ignoreValue !== null && typeof ignoreValue !== "number") {
    return `needs a number or null for "ignoreValue", but was given ${JSON.stringify(ignoreValue)}. To leave out pixels of value 255: 255.`;
  }
  if (objectLabels === null) return undefined;
  if (maskRule !== "auto") return `was given both maskRule "${maskRule}" and objectLabels. Leave one out.`;
  const isList = Array.isArray(objectLabels) && objectLabels.length > 0; // an option whose default is null may come as anything
  if (!isList || objectLabels.some((label) => typeof label !== "number")) {
    return `needs a list of numbers for "objectLabels", but was given ${JSON.stringify(objectLabels)}. For label 1: [1].`;
  }
  if (ignoreValue !== null && objectLabels.includes(ignoreValue)) {
    return `was given ${ignoreValue} both in objectLabels and as ignoreValue. A value is object or left out.`;
  }
  return undefined;
}

/** How a suite spells the options. */
const suiteOptions: OptionSpelling = {
  labels: (values) => (values === "nonzero" ? 'maskRule: "index"' : `objectLabels: [${values.slice(0, 6).join(", ")}]`),
  white: (value) => (value === "full" ? 'maskRule: "binary"' : undefined),
  polarity: (value) => `polarity: "${value}"`,
  ignore: (value) => `ignoreValue: ${value}`,
};

/** A mask of a set, before it is decided what its values mean. */
export interface StoredMask {
  /** For messages. */
  readonly name: string;
  /** What the file's header says about how its values are shown. */
  readonly shown?: Shown;
  read(): DecodedImage | Promise<DecodedImage>;
}

/** What was decided for a set of masks: plain data, by which every process reads them alike. */
export interface MaskDecision {
  readonly readings: readonly ValueReading[];
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
}

/**
 * Decides how the masks of a set are read, looking at all of them, one after another. Throws `InputError` where values could
 * mean two things, and where a painted mask would have no object.
 */
export async function decideMasks(rule: MaskRule, masks: readonly StoredMask[]): Promise<MaskDecision> {
  const censuses: ValueCensus[] = [];
  for (const { name, shown, read } of masks) {
    censuses.push(takeCensus(name, storedValues(await read(), name), shown));
  }
  return decideValues(censuses, valueOptions(rule), { what: "Masks", role: "training", spell: suiteOptions });
}

/** The probability map of a mask, by its place in the set that was decided on. */
export function readMask({ readings }: MaskDecision, index: number, mask: DecodedImage, name: string): ProbabilityMap {
  const reading = readings[index];
  if (!reading) throw new RangeError(`There is no mask ${index} in a set of ${readings.length}.`);
  return readValues(storedValues(mask, name), reading, name);
}

function valueOptions({ maskRule, objectLabels, polarity, ignoreValue }: MaskRule): ValueOptions {
  return {
    labels: maskRule === "index" ? "nonzero" : objectLabels,
    white: maskRule === "binary" ? "full" : null,
    polarity,
    ignore: ignoreValue,
  };
}
