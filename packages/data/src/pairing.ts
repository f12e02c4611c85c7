import { InputError } from "@em-stellar/core";
import { isComplete, type MatchedBy, matchNames, matchNumbers, plainName, unmarked } from "./match-names.js";
import { naturalOrder } from "./natural-order.js";

/** A file under the name that pairs it. */
export interface NamedFile {
  readonly path: string;
  /** Folders and name without extension, as far as the pattern left them open: `A/slice-01`. */
  readonly name: string;
}

/** An image and its mask. */
export interface Pair {
  readonly name: string;
  readonly image: string;
  readonly mask: string;
}

/**
 * Pairs images with masks of the same name (`a1` and `a1_mask` are the same: {@link matchNames}), or of the same part of the
 * name: `pairBy` is a regular expression whose first group, or whole match, is compared. In natural order of the images'
 * names; `match` applies the expression. Throws `InputError` listing what has no partner, or what has two.
 */
export function pairByName(
  images: readonly NamedFile[],
  masks: readonly NamedFile[],
  pairBy: string | null,
  match: typeof firstMatch = firstMatch,
): Pair[] {
  const [imagesAlone, masksAlone] = takeApart(images, masks);
  const keyOf = (name: string) => (pairBy === null ? name : match(pairBy, name));
  const advice = pairBy === null ? "" : otherExpression(imagesAlone, masksAlone, match);
  const imageNames = namesOf(imagesAlone, pairBy, keyOf, "images", advice);
  const maskNames = namesOf(masksAlone, pairBy, keyOf, "masks", advice);
  const matched = pairBy === null ? matchNames(imageNames, maskNames) : matchExactly(imageNames, maskNames);
  if (!isComplete(matched)) {
    const without = imagesAlone.filter((_, i) => matched.partners[i] === undefined);
    const left = matched.left.map((i) => masksAlone[i] as NamedFile); // places in this list
    throw unpaired(imagesAlone, masksAlone, without, left, pairBy, match);
  }
  return imagesAlone
    .map(({ name, path }, i) => ({ name, image: path, mask: masksAlone[matched.partners[i] as number]?.path ?? "" })) // complete
    .sort((a, b) => naturalOrder(a.name, b.name));
}

/** What cellpose leaves beside images and masks. */
const leftovers = /_(?:flows|outlines|cp_output)$/iu;

/**
 * Images and masks in one folder, as cellpose has them: what the masks' pattern finds is no image; where both patterns find
 * the same files, the masks are those that are named as another file with an ending (`a1_masks` beside `a1`).
 */
function takeApart(images: readonly NamedFile[], masks: readonly NamedFile[]): [NamedFile[], NamedFile[]] {
  const maskPaths = new Set(masks.map(({ path }) => path));
  const alone = images.filter(({ path }) => !maskPaths.has(path));
  if (alone.length === images.length) return [[...images], [...masks]];
  if (alone.length > 0) return [alone, [...masks]];
  const names = new Set(images.map(({ name }) => plainName(name)));
  const isMask = ({ name }: NamedFile) => unmarked(name) !== plainName(name) && names.has(unmarked(name));
  const found = masks.filter(isMask);
  if (found.length === 0) return [[...images], [...masks]]; // the images are their own masks: told below
  return [images.filter((file) => !isMask(file) && !leftovers.test(file.name)), found];
}

/** The names, or their parts, each of which must be there once. */
function namesOf(
  files: readonly NamedFile[],
  pairBy: string | null,
  keyOf: (name: string) => string | undefined,
  what: string,
  advice: string,
): string[] {
  const seen = new Map<string, NamedFile>();
  return files.map((file) => {
    const name = plainName(file.name);
    const key = keyOf(name);
    if (key === undefined) {
      throw new InputError(
        `pairBy ${JSON.stringify(pairBy)} matches nothing in the name "${file.name}" (${file.path}).${advice}`,
      );
    }
    const other = seen.get(key);
    if (other) {
      throw new InputError(
        `Two ${what} go by the name "${key}": ${other.path} and ${file.path}. Remove or rename one.`,
      );
    }
    seen.set(key, file);
    return key;
  });
}

function matchExactly(first: readonly string[], second: readonly string[]) {
  const partners = first.map((name) => {
    const place = second.indexOf(name);
    return place < 0 ? undefined : place;
  });
  const taken = new Set(partners);
  return { by: "name" as MatchedBy, partners, left: second.map((_, i) => i).filter((i) => !taken.has(i)) };
}

function unpaired(
  images: readonly NamedFile[],
  masks: readonly NamedFile[],
  withoutMask: readonly NamedFile[],
  withoutImage: readonly NamedFile[],
  pairBy: string | null,
  match: typeof firstMatch,
): InputError {
  const lines = [
    ...(withoutMask.length > 0 ? [`without a mask: ${listed(withoutMask)}`] : []),
    ...(withoutImage.length > 0 ? [`without an image: ${listed(withoutImage)}`] : []),
    ...(withoutMask.length < images.length
      ? ["Add what is missing, or move what has no partner out of the folder."]
      : []),
  ];
  if (pairBy !== null) {
    lines.push(`Names are compared by pairBy ${JSON.stringify(pairBy)}.${otherExpression(images, masks, match)}`);
  } else {
    lines.push(
      `An image and its mask need the same name; extensions may differ, and so may endings such as _mask, _labels or _seg.`,
      ...wouldPair(images, masks, match),
    );
  }
  return new InputError(`Images and masks do not pair by name.\n  ${lines.join("\n  ")}`);
}

/** The pairs that the numbers in the names would give, and the expression that gives them. */
function wouldPair(images: readonly NamedFile[], masks: readonly NamedFile[], match: typeof firstMatch): string[] {
  const partners = matchNumbers(
    images.map(({ name }) => name),
    masks.map(({ name }) => name),
  );
  const expression = otherExpression(images, masks, match);
  if (!partners) return expression === "" ? [] : [`Only a part of the names agrees.${expression}`];
  const shown = partners.slice(0, 3).map((partner, i) => `${images[i]?.path} with ${masks[partner]?.path}`);
  return [`Numbers alone would pair ${shown.join(", ")}${partners.length > 3 ? ", …" : ""}.${expression}`];
}

/** Parts of names by which images and masks often belong together. */
const usualParts = [
  ...["\\d+$", "^\\d+", "\\d+", "\\d+(?=\\D*$)", "^[^_]+", "[^_]+$", "^[^-]+", "[^-]+$"],
  ...["0*(\\d+)$", "0*(\\d+)\\D*$", "\\d+\\D+\\d+"], // a number without the zeros before it, or two
];

/** The first usual expression that gives each of these images a mask of its own, as advice; nothing where none does. */
function otherExpression(images: readonly NamedFile[], masks: readonly NamedFile[], match: typeof firstMatch): string {
  const working = usualParts.find((expression) => {
    const keys = (files: readonly NamedFile[]) => files.map(({ name }) => match(expression, plainName(name)));
    const [ofImages, ofMasks] = [keys(images), keys(masks)];
    const isWhole = (list: typeof ofImages) => !list.includes(undefined) && new Set(list).size === list.length;
    return (
      isWhole(ofImages) &&
      isWhole(ofMasks) &&
      ofImages.length === ofMasks.length &&
      ofImages.every((key) => ofMasks.includes(key))
    );
  });
  return working === undefined ? "" : ` This pairs them: "pairBy": ${JSON.stringify(working)}.`;
}

/** The first captured group of a regular expression, or its whole match; undefined where it does not match. */
export function firstMatch(expression: string, text: string): string | undefined {
  const match = new RegExp(expression, "u").exec(text);
  return match ? (match[1] ?? match[0]) : undefined;
}

/** Returns an error message, or undefined if the regular expression is valid. */
export function expressionProblem(option: string, expression: unknown): string | undefined {
  if (expression === null) return undefined;
  if (typeof expression !== "string") {
    return `needs a regular expression (a string) or null for "${option}", but was given ${JSON.stringify(expression)}. For the first letter: "^[A-D]".`;
  }
  try {
    new RegExp(expression, "u");
    return undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `needs a regular expression for "${option}", but was given ${JSON.stringify(expression)} (${reason}). A plain part of the name works: "^[A-D]".`;
  }
}

function listed(files: readonly NamedFile[]): string {
  const names = files.map(({ path }) => path).sort(naturalOrder);
  return names.slice(0, 10).join(", ") + (names.length > 10 ? ` and ${names.length - 10} more` : "");
}
