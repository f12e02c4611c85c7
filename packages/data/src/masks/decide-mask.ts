import { InputError } from "@em-stellar/core";
import type { ValueCensus } from "./value-census.js";
import type { ValueReading } from "./value-reading.js";
import type { ValueSet } from "./value-set.js";
import { isInColours, isWhite, short, valuesOf } from "./value-words.js";

/** What is object in each file of a set of masks of which nothing was said. Throws `InputError` where a file could mean two things. */
export function decideMask(files: readonly ValueCensus[], set: ValueSet): ValueReading["object"][] {
  const edges = edgeShare(files);
  const objects = files.map((file): ValueReading["object"] => {
    if (isTwoValued(file)) return { white: file.highest > 0 ? file.highest : 1 };
    if (isProbability(file)) return { white: 1 };
    if (isWhiteWithEdges(file) && edges <= 0.1) return { white: file.highest };
    throw unclear(file, files, set);
  });
  requireOneLabel(files.filter(isTwoValued), set);
  return objects;
}

/** Nothing, or 0 and one other value, or one value. */
function isTwoValued({ distinct, lowest }: ValueCensus): boolean {
  return (distinct === 1 && lowest >= 0) || (distinct === 2 && lowest === 0);
}

/** Floats from 0 to 1, more than a few of them: no labels. */
function isProbability({ numbers, isWhole, distinct, lowest, highest }: ValueCensus): boolean {
  return numbers === "floats" && !isWhole && distinct > 3 && lowest >= -1e-6 && highest <= 1 + 1e-6;
}

/**
 * White with greys at its edges, as lossy compression or resampling leaves them: two greys at least, and none fills an
 * area. A third value alone, or one that covers areas, is a class.
 */
function isWhiteWithEdges(file: ValueCensus): boolean {
  const { numbers, lowest, highest, distinct, solid } = file;
  if (numbers === "labels" || lowest !== 0 || distinct < 4 || !isWhite(highest, file.fullRange)) return false;
  return !solid.some((value) => value !== 0 && value !== highest);
}

/** Greys between 0 and the highest value, as a share of all painted pixels of the set. */
function edgeShare(files: readonly ValueCensus[]): number {
  let [painted, between] = [0, 0];
  for (const { counts, highest } of files) {
    for (const [value, pixels] of counts) {
      if (value === 0) continue;
      painted += pixels;
      if (value !== highest) between += pixels;
    }
  }
  return painted === 0 ? 0 : between / painted;
}

/** Masks of one value each agree where it is the same one, or each is a white. */
function requireOneLabel(files: readonly ValueCensus[], { what, spell }: ValueSet): void {
  const painted = files.filter(({ highest }) => highest > 0);
  const [first] = painted;
  const other = painted.find(({ highest }) => highest !== first?.highest);
  if (!first || !other) return;
  const odd = painted.find((file) => !isWhite(file.highest, file.fullRange));
  if (!odd) return;
  const plain = odd === first ? other : first;
  throw new InputError(
    `${what}: ${odd.name} holds ${valuesOf(odd)}, but ${plain.name} holds ${valuesOf(plain)}. If they are classes, list those that are object: ${spell.labels([plain.highest])}. If every value but 0 is object, use ${spell.labels("nonzero")}.`,
  );
}

function unclear(file: ValueCensus, files: readonly ValueCensus[], { what, spell }: ValueSet): InputError {
  if (isInColours(file)) {
    return new InputError(
      `${what}: ${file.name} is a picture in colours (${valuesOf(file)}). Masks are grey: export it without overlay or colour table; or, if every colour but black is object, use ${spell.labels("nonzero")}.`,
    );
  }
  const { name, counts, distinct, lowest, highest } = file;
  const painted = counts.map(([value]) => value).filter((value) => value !== 0);
  const ways: string[] = [];
  const [low = 1, high = low] = painted;
  const isThree = painted.length === 2 && lowest === 0;
  const apart = isThree && low <= 12 && high >= 100 ? high : isThree && isWhite(high, file.fullRange) ? low : undefined;
  const leftOut = apart ?? (lowest < 0 ? lowest : undefined);
  const ignoring = leftOut === undefined ? undefined : spell.ignore(leftOut);
  if (ignoring !== undefined)
    ways.push(`if ${short(leftOut as number)} marks pixels that are to be left out, use ${ignoring}`);
  const isWhole = counts.every(([value]) => Number.isInteger(value));
  if (isWhole && distinct <= 12) {
    const object = !isThree ? highest : apart === high ? low : high;
    ways.push(`if they are classes, list those that are object, such as ${spell.labels([object])}`);
  }
  if (isWhole && lowest === 0) ways.push(`if every value but 0 is object, use ${spell.labels("nonzero")}`);
  if (lowest >= 0 && distinct > 3) {
    const white = whiteFor(file, files);
    const greys = white === undefined ? undefined : (spell.white("full") ?? spell.white(white));
    if (greys !== undefined) ways.push(`if they are greys from 0 (background) to ${white} (object), use ${greys}`);
  }
  const share = files.length > 1 ? ` (one of ${files.length} files)` : "";
  return new InputError(
    `${what}: ${name}${share} holds the values ${valuesOf(file)}${distinct > 12 ? ` up to ${short(highest)}` : ""}, which can be read in more than one way. ${sentence(ways)}`,
  );
}

/** The white by which greys of a file leave some object, or none. */
function whiteFor({ highest, bits, numbers }: ValueCensus, files: readonly ValueCensus[]): number | undefined {
  const type =
    numbers === "labels" ? 255 : bits === 8 ? 255 : Math.max(...files.map((file) => file.highest)) > 255 ? 65535 : 255;
  const white = highest <= 1 ? 1 : type;
  return highest > white / 2 ? white : undefined;
}

function sentence(ways: readonly string[]): string {
  const text = ways.join("; ");
  return ways.length === 0 ? "Save it as a mask of 0 and 255." : `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
