import { naturalOrder } from "./natural-order.js";

/** How two lists of names were found to belong together. */
export type MatchedBy = "name" | "ending" | "words" | "part";

/** Which name of the second list belongs to each of the first. */
export interface NameMatch {
  readonly by: MatchedBy;
  /** Places in the second list, one for each name of the first; undefined where there is none. */
  readonly partners: readonly (number | undefined)[];
  /** Places in the second list that belong to none. */
  readonly left: readonly number[];
}

/** What programs add to the name of an image for its mask or prediction, and what people add to the image's. */
const endings =
  /[-_. ]+(?:cp[-_ ]masks?|masks?|labels?|lbl|seg|segmentations?|simple[-_ ]segmentation|object[-_ ]predictions|gt|ground[-_ ]?truth|truth|annotations?|manual|pred|preds|predictions?|prob|probs|probabilit(?:y|ies)|img|images?|raw|em)$/iu;
const beginnings =
  /^(?:masks?|labels?|seg|segmentations?|gt|truth|annotations?|pred|predictions?|prob|img|images?|raw)[-_. ]+(?=.)/iu;
/** nnU-Net numbers the channels of an image so, and leaves the number out for its labels. */
const firstChannel = /_0000$/u;

/** The name as it is compared: one Unicode form, whichever way a disk writes an umlaut. */
export function plainName(name: string): string {
  return name.normalize("NFC");
}

/** The name without what marks a mask: `a1_mask` and `mask_a1` become `a1`. The same name where nothing marks it. */
export function unmarked(name: string): string {
  const folder = name.slice(0, name.lastIndexOf("/") + 1);
  const plain = plainName(name.slice(folder.length));
  return plainName(folder) + plain.replace(endings, "").replace(beginnings, "");
}

/**
 * Matches two lists of names: by the whole name; without the endings that mark masks (`_mask`, `-labels`, nnU-Net's `_0000`);
 * by the same words and numbers in another order; or where the words of one are among those of exactly one other. Takes the
 * first way by which every name has one partner; where none does, the one by which most have.
 */
export function matchNames(first: readonly string[], second: readonly string[]): NameMatch {
  const channels = first.length > 0 && first.every((name) => firstChannel.test(name));
  const withoutChannel = (name: string) => (channels ? plainName(name).replace(firstChannel, "") : plainName(name));
  const ways: NameMatch[] = [
    byKey("name", first, second, plainName, plainName),
    byKey("ending", first, second, (name) => unmarked(withoutChannel(name)), unmarked),
    byKey(
      "words",
      first,
      second,
      (name) => wordsOf(name).join(" "),
      (name) => wordsOf(name).join(" "),
    ),
    byPart(first, second),
  ];
  const complete = ways.find((way) => isComplete(way));
  if (complete) return complete;
  const found = (way: NameMatch) => way.partners.filter((partner) => partner !== undefined).length;
  return ways.slice(0, 2).reduce((a, b) => (found(b) > found(a) ? b : a));
}

/** Whether every name of both lists has its partner. */
export function isComplete({ partners, left }: NameMatch): boolean {
  return left.length === 0 && partners.every((partner) => partner !== undefined);
}

/** Pairs names by their numbers alone, though their words differ. Undefined where numbers do not tell all of them apart. */
export function matchNumbers(first: readonly string[], second: readonly string[]): number[] | undefined {
  const match = matchNumbersInPart(first, second);
  return isComplete(match) ? match.partners.map((partner) => partner as number) : undefined; // just looked at
}

/** Pairs as many names as it can by their numbers alone. */
export function matchNumbersInPart(first: readonly string[], second: readonly string[]): NameMatch {
  return byKey("words", tellingNumbers(first), tellingNumbers(second), String, String);
}

/** Places at which two lists of names, put side by side, do not belong together by their numbers: `img_3` beside `res_04`. */
export function contradictions(first: readonly string[], second: readonly string[]): number[] {
  const [ofFirst, ofSecond] = [tellingNumbers(first), tellingNumbers(second)];
  return ofFirst.flatMap((numbers, i) => (numbers !== "" && ofSecond[i] !== "" && numbers !== ofSecond[i] ? [i] : []));
}

function byKey(
  by: MatchedBy,
  first: readonly string[],
  second: readonly string[],
  keyOfFirst: (name: string) => string,
  keyOfSecond: (name: string) => string,
): NameMatch {
  const places = new Map<string, number[]>();
  second.forEach((name, i) => {
    const key = keyOfSecond(name);
    places.set(key, [...(places.get(key) ?? []), i]);
  });
  const asked = new Map<string, number>();
  for (const name of first) asked.set(keyOfFirst(name), (asked.get(keyOfFirst(name)) ?? 0) + 1);
  const partners = first.map((name) => {
    const key = keyOfFirst(name);
    const [only, ...others] = places.get(key) ?? [];
    return key === "" || others.length > 0 || asked.get(key) !== 1 ? undefined : only;
  });
  return { by, partners, left: leftOf(second, partners) };
}

/** One name's words are among those of exactly one other, and the other way round. */
function byPart(first: readonly string[], second: readonly string[]): NameMatch {
  const words = (names: readonly string[]) => names.map((name) => new Set(wordsOf(name)));
  const [ofFirst, ofSecond] = [words(first), words(second)];
  const isWithin = (a: ReadonlySet<string>, b: ReadonlySet<string>) =>
    a.size > 0 && [...a].every((word) => b.has(word));
  const belong = (a: ReadonlySet<string>, b: ReadonlySet<string>) => isWithin(a, b) || isWithin(b, a);
  const partners = ofFirst.map((name) => {
    const found = ofSecond.flatMap((other, i) => (belong(name, other) ? [i] : []));
    return found.length === 1 ? found[0] : undefined;
  });
  const isOne = new Set(partners).size === partners.length;
  const unique = isOne ? partners : partners.map(() => undefined);
  return { by: "part", partners: unique, left: leftOf(second, unique) };
}

function leftOf(second: readonly string[], partners: readonly (number | undefined)[]): number[] {
  const taken = new Set(partners);
  return second.map((_, i) => i).filter((i) => !taken.has(i));
}

/** Words and numbers of a name, sorted: `left_01` and `1-left` are alike. */
function wordsOf(name: string): string[] {
  const parts =
    plainName(name)
      .toLowerCase()
      .match(/\p{N}+|\p{L}+/gu) ?? [];
  return parts.map((part) => (/^\d+$/.test(part) ? String(Number(part)) : part)).sort(naturalOrder);
}

/** The numbers of each name, without those that all of them have. */
function tellingNumbers(names: readonly string[]): string[] {
  const numbers = names.map((name) => wordsOf(name).filter((word) => /^\d+$/.test(word)));
  const isShared = (number: string) => numbers.every((others) => others.includes(number));
  return numbers.map((own) => own.filter((number) => !isShared(number)).join(" "));
}
