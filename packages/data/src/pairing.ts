import { InputError } from "@em-stellar/core";
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
 * Pairs images with masks of the same name, or of the same part of the name: `pairBy` is a regular expression whose first
 * group, or whole match, is compared. In natural order of the images' names. Throws `InputError` listing what has no
 * partner, or what has two.
 */
export function pairByName(images: readonly NamedFile[], masks: readonly NamedFile[], pairBy: string | null): Pair[] {
  const imageByKey = keyed(images, pairBy, "images");
  const maskByKey = keyed(masks, pairBy, "masks");
  const withoutMask = [...imageByKey].filter(([key]) => !maskByKey.has(key)).map(([, file]) => file);
  const withoutImage = [...maskByKey].filter(([key]) => !imageByKey.has(key)).map(([, file]) => file);
  if (withoutMask.length > 0 || withoutImage.length > 0) {
    const lines = [
      ...(withoutMask.length > 0 ? [`without a mask: ${listed(withoutMask)}`] : []),
      ...(withoutImage.length > 0 ? [`without an image: ${listed(withoutImage)}`] : []),
    ];
    const repair =
      pairBy === null
        ? `An image and its mask need the same name (extensions may differ). Where only a part of the name agrees, such as a number at its end, say which: pairBy: "\\\\d+$".`
        : `Names are compared by pairBy ${JSON.stringify(pairBy)}.`;
    throw new InputError(`Images and masks do not pair by name.\n  ${lines.join("\n  ")}\n  ${repair}`);
  }
  return [...imageByKey]
    .map(([key, { name, path }]) => ({ name, image: path, mask: maskByKey.get(key)?.path ?? "" }))
    .sort((a, b) => naturalOrder(a.name, b.name));
}

function keyed(files: readonly NamedFile[], pairBy: string | null, what: string): Map<string, NamedFile> {
  const byKey = new Map<string, NamedFile>();
  for (const file of files) {
    const key = pairBy === null ? file.name : firstMatch(pairBy, file.name);
    if (key === undefined) {
      throw new InputError(
        `pairBy ${JSON.stringify(pairBy)} matches nothing in the name "${file.name}" (${file.path}).`,
      );
    }
    const other = byKey.get(key);
    if (other) {
      throw new InputError(
        `Two ${what} go by the name "${key}": ${other.path} and ${file.path}. Remove or rename one.`,
      );
    }
    byKey.set(key, file);
  }
  return byKey;
}

/** The first captured group of a regular expression, or its whole match; undefined where it does not match. */
export function firstMatch(expression: string, text: string): string | undefined {
  const match = new RegExp(expression, "u").exec(text);
  return match ? (match[1] ?? match[0]) : undefined;
}

/** What is wrong with a regular expression, or nothing. */
export function expressionProblem(option: string, expression: string | null): string | undefined {
  if (expression === null) return undefined;
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
