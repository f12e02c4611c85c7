import { InputError } from "@em-stellar/core";
import { customaryWhites, decideMap } from "./decide-map.js";
import { decideMask } from "./decide-mask.js";
import { decidePolarity, objectShare, turnCensus } from "./polarity.js";
import { mostCounted, type ValueCensus } from "./value-census.js";
import type { ValueOptions } from "./value-options.js";
import type { ValueReading } from "./value-reading.js";
import type { ValueSet } from "./value-set.js";
import { isWhite, short, valuesOf } from "./value-words.js";

export interface ValueDecision {
  /** One for each file, in order. */
  readonly readings: readonly ValueReading[];
  /** What a reader has to know before believing the scores. */
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
}

/**
 * Decides what the numbers of a set of files mean: the one rule for suites, `evaluate`, `predict` and pages. Each file is
 * read by its own numbers where they explain themselves (0 and one other; floats from 0 to 1), and the set must agree.
 * Throws `InputError` naming the file, and the option that makes it right, where numbers could mean two things.
 */
export function decideValues(files: readonly ValueCensus[], options: ValueOptions, set: ValueSet): ValueDecision {
  const { what, spell } = set;
  const { turned, notes } = decidePolarity(files, options.polarity, what, spell);
  const stored = files.map((file, i) => (turned[i] ? turnCensus(file) : file));
  const seen = stored.map((file) => without(file, options.ignore));
  const objects = chooseObjects(seen, options, set);
  const readings = objects.map((object, i) => ({ turned: turned[i] as boolean, object, ignore: options.ignore })); // one for each file
  const warnings = [
    ...notes.map((message) => ({ code: "polarity", message })),
    ...emptied(seen, readings, options, set),
    ...(set.role === "prediction"
      ? [
          ...fewValues(seen, readings, set),
          ...darkAmongBright(seen, objects, set),
          ...(options.white === null ? darkThroughout(seen, objects, set) : []),
        ]
      : [...turnedOver(seen, readings, set), ...filled(seen, readings, set), ...leftOut(stored, options.ignore, set)]),
  ];
  return { readings, warnings };
}

/** The values that count. */
function without(file: ValueCensus, ignore: number | null): ValueCensus {
  if (ignore === null || !file.counts.some(([value]) => value === ignore)) return file;
  const counts = file.counts.filter(([value]) => value !== ignore);
  const values = counts.map(([value]) => value);
  return {
    ...file,
    counts,
    distinct: file.distinct === mostCounted ? mostCounted : counts.length,
    lowest: values[0] ?? 0,
    highest: values.at(-1) ?? 0,
    solid: file.solid.filter((value) => value !== ignore),
    corners: file.corners.filter((value) => value !== ignore),
  };
}

function chooseObjects(
  files: readonly ValueCensus[],
  { labels, white }: ValueOptions,
  set: ValueSet,
): ValueReading["object"][] {
  if (labels !== null) return files.map(() => labels);
  if (white === "full") return files.map((file) => ({ white: fullWhite(file, files) }));
  if (white !== null) {
    for (const file of files) requireWithin(file, white, set);
    return files.map(() => ({ white }));
  }
  return set.role === "prediction" ? decideMap(files, set) : decideMask(files, set);
}

/** The white of a file of greys: 1 for a mask of 0 and 1, else that of its type; 255 where no 16-bit file of the set has more. */
function fullWhite(
  { highest, fullRange, numbers, bits, distinct }: ValueCensus,
  files: readonly ValueCensus[],
): number {
  if (highest <= 1) return 1;
  if (distinct <= 2 && (highest === 255 || highest === 65535)) return highest;
  if (numbers === "labels") return 255;
  if (numbers === "greys" && bits === 8) return fullRange;
  const most = Math.max(...files.filter((file) => file.bits === bits).map((file) => file.highest));
  return most <= 255 ? 255 : 65535;
}

function requireWithin({ name, lowest, highest }: ValueCensus, white: number, { what, spell }: ValueSet): void {
  if (lowest >= 0 && highest <= white) return;
  const repair =
    highest > white
      ? `For a higher white, use ${spell.white(highest)}`
      : "For negative values, export probabilities rather than scores";
  throw new InputError(
    `${what}: ${name} holds values from ${short(lowest)} to ${short(highest)}, but ${spell.white(white)} says that they lie between 0 and ${white}. ${repair}.`,
  );
}

/** Painted masks of which nothing is object: lost, most likely. */
function emptied(
  files: readonly ValueCensus[],
  readings: readonly ValueReading[],
  { labels }: ValueOptions,
  { what, role, spell }: ValueSet,
): ValueDecision["warnings"] {
  const lost = files.filter((file, i) => isPainted(file, role) && !hasObject(file, readings[i] as ValueReading)); // one for each
  const [first] = lost;
  if (!first) return [];
  const found = files.filter((file) => !lost.includes(file) && file.highest > 0);
  const shown = valuesOf(first);
  // Of a set of many labels, an image may well lack those asked for; one whose values no image with object has is foreign.
  const known = new Set(found.flatMap(({ counts }) => counts.map(([value]) => value)));
  const isForeign = ({ counts, distinct, fullRange }: ValueCensus) =>
    distinct <= 2 && counts.every(([value]) => value === 0 || (!known.has(value) && isWhite(value, fullRange)));
  const foreign = labels === null || found.length === 0 ? first : lost.find(isForeign);
  const others = lost.length > 1 ? ` This is true of ${lost.length} of ${files.length} files.` : "";
  if (foreign && (role === "training" || (role === "truth" && found.length === 0))) {
    throw new InputError(
      `${what}: ${foreign.name} has objects (it holds ${valuesOf(foreign)}), but no pixel of it would be object.${others} Save it like the other masks, or, if every value but 0 is object, use ${spell.labels("nonzero")}.`,
    );
  }
  return [
    {
      code: "mask-without-object",
      message: `${what}: ${first.name} has objects (it holds ${shown}), but no pixel of it is object.${others} If every value but 0 is object, use ${spell.labels("nonzero")}.`,
    },
  ];
}

/** Masks painted with the ignored value alone: 255 may be the object of a mask of 0 and 255 among those of 0, 1 and 255. */
function leftOut(files: readonly ValueCensus[], ignore: number | null, { what }: ValueSet): ValueDecision["warnings"] {
  const painted = files.filter(({ counts }) => counts.some(([value]) => value !== 0));
  const alone = painted.filter(({ counts }) => counts.every(([value]) => value === 0 || value === ignore));
  const [first] = alone;
  if (!first) return [];
  const others = alone.length > 1 ? ` This is true of ${alone.length} of ${files.length} files.` : "";
  return [
    {
      code: "mask-left-out",
      message: `${what}: in ${first.name} every object pixel has the value ${ignore}, which is left out, so that nothing of it is object.${others} If ${ignore} is object there, save it like the other masks.`,
    },
  ];
}

/** A prediction may be dark throughout; one of two values is a mask. */
function isPainted(file: ValueCensus, role: ValueSet["role"]): boolean {
  if (role === "prediction" && !(file.distinct === 2 && file.lowest === 0)) return false;
  return file.counts.some(([value]) => value !== 0);
}

function hasObject({ counts }: ValueCensus, { object }: ValueReading): boolean {
  if (object === "nonzero") return true;
  if ("white" in object) return counts.some(([value]) => Math.fround(value / object.white) > 0.5);
  return counts.some(([value]) => object.includes(value));
}

/** A few levels, as votes leave them, could be classes all the same. */
function fewValues(files: readonly ValueCensus[], readings: readonly ValueReading[], set: ValueSet) {
  const few = files.filter(({ distinct, solid, lowest, highest }, i) => {
    const object = readings[i]?.object;
    const isScaled = typeof object === "object" && "white" in object;
    return isScaled && distinct > 2 && distinct <= 12 && solid.some((value) => value > lowest && value < highest);
  });
  const [first] = few;
  if (!first) return [];
  return [
    {
      code: "few-values",
      message: `${set.what}: ${first.name} holds ${valuesOf(first)} only, and these were taken for probabilities. If they are classes, use ${set.spell.labels([first.highest])}.`,
    },
  ];
}

/** A map that ends where another scale would, among maps that use the whole of theirs: percent among greys, 8 bits among 16. */
function darkAmongBright(files: readonly ValueCensus[], objects: readonly ValueReading["object"][], set: ValueSet) {
  const whites = objects.map((object) => (typeof object === "object" && "white" in object ? object.white : 0));
  const isBright = (_: ValueCensus, i: number) => (files[i] as ValueCensus).highest > (whites[i] as number) / 2;
  if (!files.some((file, i) => whites[i] !== 0 && isBright(file, i))) return []; // asked about, or said by the user
  const dark = files.flatMap((file, i) => {
    const { isWhole, distinct, lowest, highest } = file;
    const white = customaryWhites.find((customary) => highest <= customary) ?? highest;
    const isOdd = isWhole && distinct > 2 && lowest < highest && white <= (whites[i] as number) / 2;
    return isOdd && highest > 0.97 * white ? [{ file, white, ofSet: whites[i] as number }] : [];
  });
  const [first] = dark;
  if (!first) return [];
  const { file, white, ofSet } = first;
  const others = dark.length > 1 ? ` This is true of ${dark.length} of ${files.length} files.` : "";
  return [
    {
      code: "map-on-another-scale",
      message: `${set.what}: ${file.name} has greys up to ${file.highest} only, of ${ofSet}, while others of the set are brighter.${others} If ${white} stands for probability 1 there, save it on the scale of the others: nothing in it is object now.`,
    },
  ];
}

/** Maps of which none comes to half of its scale, as soft percent or 14-bit maps do: dark, or on another scale. */
function darkThroughout(files: readonly ValueCensus[], objects: readonly ValueReading["object"][], set: ValueSet) {
  const scaled = files.flatMap((file, i) => {
    const object = objects[i];
    return typeof object === "object" && "white" in object ? [{ file, white: object.white }] : [];
  });
  if (scaled.some(({ file, white }) => file.highest > white / 2)) return [];
  const maps = scaled.filter(({ file }) => file.isWhole && file.distinct > 2 && file.fullRange > 1);
  const [brightest] = maps.sort((a, b) => b.file.highest / b.white - a.file.highest / a.white);
  if (!brightest) return [];
  const { file, white } = brightest;
  const other = customaryWhites.find((customary) => file.highest <= customary && customary < white);
  const repair = other === undefined ? undefined : set.spell.white(other);
  return [
    {
      code: "map-on-another-scale",
      message: `${set.what}: no map has a pixel above half (${file.name} has the brightest, ${file.highest} of ${white}), so nothing is object at the threshold 0.5.${repair === undefined ? "" : ` If ${other} stands for probability 1, use ${repair}.`}`,
    },
  ];
}

/** A mask that is object in every pixel, where the others are not. */
function filled(files: readonly ValueCensus[], readings: readonly ValueReading[], set: ValueSet) {
  const isFilled = (file: ValueCensus, i: number) =>
    file.lowest === file.highest && hasObject(file, readings[i] as ValueReading);
  const full = files.filter(isFilled);
  const [first] = full;
  if (!first || full.length > files.length / 2) return [];
  const others = full.length > 1 ? ` This is true of ${full.length} of ${files.length} files.` : "";
  return [
    {
      code: "mask-filled",
      message: `${set.what}: ${first.name} holds ${valuesOf(first)}, so every pixel of it is object.${others} If ${short(first.highest)} is background there, save it as 0.`,
    },
  ];
}

/** One mask that is object where the others are background. */
function turnedOver(files: readonly ValueCensus[], readings: readonly ValueReading[], set: ValueSet) {
  const masks = files.filter((file, i) => file.lowest < file.highest && typeof readings[i]?.object === "object");
  if (masks.length < 4) return [];
  const isFull = (file: ValueCensus) =>
    objectShare(file) > 0.5 && file.corners.every((value) => value > file.highest / 2);
  const isUsual = (file: ValueCensus) =>
    objectShare(file) < 0.5 && file.corners.filter((value) => value > 0).length <= 1;
  const odd = masks.filter(isFull);
  const [first] = odd;
  if (!first || masks.filter(isUsual).length < 0.75 * masks.length) return [];
  return [
    {
      code: "mask-turned-over",
      message: `${set.what}: ${first.name} is mostly object (${(100 * objectShare(first)).toFixed(1)} %) and in all its corners${odd.length > 1 ? `, and so are ${odd.length - 1} others` : ""}, unlike the other masks. Is it inverted?`,
    },
  ];
}
