import { InputError } from "@em-stellar/core";
import { looksLikeLabels, type ValueCensus } from "./value-census.js";
import type { ValueReading } from "./value-reading.js";
import type { ValueSet } from "./value-set.js";
import { isInColours, short, valuesOf } from "./value-words.js";

/** Floats that went through a resampling or a softmax may miss 0 and 1 by rounding; what lies within this is cut off. */
const rounding = 1e-6;

/** What programs write for certainty 1, other than the highest value of the file's type. */
export const customaryWhites = [1, 100, 255, 1000, 1023, 4095, 10000, 16383, 32767, 65535];

/**
 * What the numbers mean in each file of a set of predictions of which nothing was said: masks of 0 and 1 (or 255, or 65535),
 * greys divided by the highest value of their type, floats from 0 to 1. Throws `InputError` where that would misread them.
 */
export function decideMap(files: readonly ValueCensus[], set: ValueSet): ValueReading["object"][] {
  const grey = files.find(isGreyMap);
  const objects = files.map((file): ValueReading["object"] => {
    if (isMask(file)) {
      const mayBeFaint = grey && file.highest === 1 && file.fullRange > 1;
      if (mayBeFaint && isArea(file)) throw faintOrMask(file, grey, set);
      return { white: mayBeFaint ? file.fullRange : Math.max(1, file.highest) };
    }
    if (!(grey && isFaint(file))) requireProbabilities(file, set);
    return { white: file.fullRange };
  });
  requireBright(files, set);
  return objects;
}

/** Whole greys beyond 0 and 1 that are no mask. */
function isGreyMap(file: ValueCensus): boolean {
  return (
    file.numbers === "greys" && file.fullRange > 1 && file.highest > 1 && file.lowest < file.highest && !isMask(file)
  );
}

/** 0 and what programs write for object; constant 0 or 1. */
function isMask({ distinct, lowest, highest, fullRange, isWhole }: ValueCensus): boolean {
  if (!isWhole || lowest < 0) return false;
  if (highest <= 1) return true;
  return distinct === 2 && lowest === 0 && (highest === fullRange || highest === 255 || highest === 65535);
}

/** A map of an image in which next to nothing was found: two values, but no area of the higher one. */
function isFaint(file: ValueCensus): boolean {
  const { numbers, distinct, lowest, highest, fullRange } = file;
  return numbers === "greys" && distinct === 2 && lowest === 0 && highest <= fullRange / 16 && !isArea(file);
}

/** The highest value covers an area, as objects do. */
function isArea({ solid, highest }: ValueCensus): boolean {
  return solid.includes(highest);
}

function faintOrMask(file: ValueCensus, grey: ValueCensus, { what, spell }: ValueSet): InputError {
  const full = spell.white(file.fullRange);
  return new InputError(
    `${what}: ${file.name} holds ${valuesOf(file)}, and ${grey.name} greys up to ${grey.highest}. Is it a mask among probability maps, or a map that is dark throughout? If it is a map, use ${full}; if it is a mask, save it as 0 and ${file.fullRange}.`,
  );
}

function requireProbabilities(file: ValueCensus, set: ValueSet): void {
  const { numbers, distinct, lowest, highest, fullRange } = file;
  const { what, spell } = set;
  if (numbers === "floats") {
    if (lowest >= -rounding && highest <= 1 + rounding) return;
    throw floatsBeyond(file, set);
  }
  if (isInColours(file)) {
    throw new InputError(
      `${what}: ${file.name} is a picture in colours (${valuesOf(file)}). Masks and probability maps are grey: export them without overlay or colour table; or, if every colour but black is object, use ${spell.labels("nonzero")}.`,
    );
  }
  if (numbers === "labels") {
    throw new InputError(
      `${what}: ${file.name} holds indices of a colour table, ${valuesOf(file)}, and only 0 and 1 explain themselves. If every index but 0 is object, use ${spell.labels("nonzero")}; if some are, list them, such as ${spell.labels([Math.max(1, highest)])}; if they are greys shown in colours, use ${spell.white(255)}.`,
    );
  }
  if (lowest === highest) return; // a constant map is let through, and warned of
  if (distinct === 2 && lowest === 0) throw darkMap(file, whiteAbove(highest), set);
  if (areTwoLabels(file)) throw labels(file, set);
  const votes = areVotes(file);
  if (looksLikeLabels(file) && !(votes && distinct > 3)) throw labels(file, set);
  if (distinct === 3 && file.solid.some((value) => value > lowest && value < highest)) throw labels(file, set);
  const white = customaryWhites.find((customary) => customary === highest && customary < fullRange);
  if (white !== undefined && highest <= fullRange / 2 && isPiledUp(file)) throw darkMap(file, white, set);
}

/** 1 and 2, as ilastik and nnU-Net number two classes: both cover areas, and neither is bright. */
function areTwoLabels({ distinct, lowest, highest, fullRange, solid }: ValueCensus): boolean {
  return distinct === 2 && lowest > 0 && highest <= 12 && fullRange > 12 && solid.length === 2;
}

/** Levels at even distances from 0 to white, as votes of several models leave them. */
function areVotes({ counts, highest, fullRange, lowest, distinct }: ValueCensus): boolean {
  if (distinct > 12 || lowest !== 0 || highest !== fullRange) return false;
  const values = counts.map(([value]) => value);
  for (let votes = distinct - 1; votes <= 24; votes++) {
    if (
      values.every((value) => Math.abs(value - (Math.round((value * votes) / fullRange) * fullRange) / votes) <= 0.75)
    ) {
      return true;
    }
  }
  return false;
}

/** The highest value is where a map is cut off, not where it happens to end. */
function isPiledUp({ counts }: ValueCensus): boolean {
  const [before, last] = counts.slice(-2).map(([, pixels]) => pixels);
  return last !== undefined && before !== undefined && last >= 20 && last > 5 * before;
}

/** Of all files of one type none has a pixel above half, and the brightest ends where another scale would. */
function requireBright(files: readonly ValueCensus[], set: ValueSet): void {
  const types = new Set(files.filter(isGreyMap).map(({ fullRange }) => fullRange));
  for (const fullRange of types) {
    const maps = files.filter((file) => isGreyMap(file) && file.fullRange === fullRange);
    const brightest = maps.reduce((a, b) => (b.highest > a.highest ? b : a));
    const { highest } = brightest;
    const isSeen = files.some((file) => file.fullRange === fullRange && file.highest > fullRange / 2);
    if (isSeen || highest > fullRange / 2) continue;
    const white = customaryWhites.find(
      (customary) => customary < fullRange && highest <= customary && highest > 0.97 * customary,
    );
    if (white !== undefined || highest <= fullRange / 16) throw darkMap(brightest, white ?? whiteAbove(highest), set);
  }
}

function darkMap(
  { name, highest, bits, fullRange, distinct, isWhole }: ValueCensus,
  white: number,
  { what, spell }: ValueSet,
): InputError {
  const scaled = white < fullRange ? ` If ${white} stands for probability 1, use ${spell.white(white)}.` : "";
  const labelled =
    isWhole && distinct <= 400
      ? ` If they are labels, say which are object: ${spell.labels([highest])}, or ${spell.labels("nonzero")} for all but 0.`
      : "";
  return new InputError(
    `${what}: ${name} holds ${bits}-bit greys up to ${highest} only, of ${fullRange}.${scaled}${labelled} If they are probabilities as they are, use ${spell.white(fullRange)}.`,
  );
}

function labels(file: ValueCensus, { what, spell }: ValueSet): InputError {
  const { name, highest, fullRange, distinct } = file;
  const some = distinct > 12 ? "numbers" : `holds ${valuesOf(file)}, which look like labels: it numbers`;
  const found =
    distinct > 12 ? `looks like a label image (${some} up to ${highest})` : `${some} or classes its objects`;
  const one = distinct <= 12 ? `; if some are, list them, such as ${spell.labels([highest])}` : "";
  return new InputError(
    `${what}: ${name} ${found}. If every value but 0 is object, use ${spell.labels("nonzero")}${one}. If they are probabilities from 0 to ${fullRange}, use ${spell.white(fullRange)}.`,
  );
}

function floatsBeyond({ name, lowest, highest, isWhole }: ValueCensus, { what, spell }: ValueSet): InputError {
  const scaled = `if ${short(whiteAbove(highest))} stands for probability 1, use ${spell.white(whiteAbove(highest))}`;
  const repair =
    lowest < 0
      ? "These look like scores before the last activation: export probabilities (after the sigmoid or softmax)."
      : isWhole
        ? `If they are labels, ${spell.labels("nonzero")} takes all but 0 for object, and ${spell.labels([highest])} one of them; ${scaled}.`
        : `${scaled.charAt(0).toUpperCase()}${scaled.slice(1)}; if the values are labels, say which are object: ${spell.labels([1])}.`;
  return new InputError(
    `${what}: ${name} holds floating-point or signed numbers from ${short(lowest)} to ${short(highest)}, but probabilities lie between 0 and 1. ${repair}`,
  );
}

/** The customary white that holds a value. */
function whiteAbove(value: number): number {
  return customaryWhites.find((white) => value <= white) ?? value;
}
