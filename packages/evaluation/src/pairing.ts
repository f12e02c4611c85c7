import { InputError } from "@em-stellar/core";
import {
  contradictions,
  type ImageSet,
  isComplete,
  matchNames,
  matchNumbers,
  matchNumbersInPart,
  type Place,
} from "@em-stellar/data";

/** How images found their truth. */
export type PairedBy = "name" | "order";

/** The images of a set, one for each image of the truth, in its order. */
export interface PairedSet<P extends Place = Place> {
  readonly name: string;
  readonly path: string;
  readonly pairedBy: PairedBy;
  readonly places: readonly P[];
}

/**
 * Puts every set beside the truth: by name where the names agree (`a1` and `a1_mask` do), by order where none does and their
 * numbers do not contradict it, or where a stack has no names.
 * Throws one `InputError` that lists all sets whose counts, names or sizes do not fit.
 */
export function pairWithTruth<P extends Place>(
  truth: ImageSet<P>,
  sets: readonly ImageSet<P>[],
  pair: PairedBy | "auto",
  thing: "prediction" | "image",
): PairedSet<P>[] {
  const problems: string[] = [];
  const paired = sets.map((set) => {
    const result = pairOne(truth, set, pair, thing);
    if (typeof result === "string") {
      problems.push(result);
      return undefined;
    }
    const wrong = result.places.flatMap((place, i) => {
      const expected = truth.images[i]?.place;
      return expected && (expected.width !== place.width || expected.height !== place.height)
        ? [[place, expected]]
        : [];
    });
    const [first] = wrong;
    if (first) {
      const [place, expected] = first as [P, P];
      const more = wrong.length > 1 ? ` ${wrong.length} of ${result.places.length} images differ like this.` : "";
      problems.push(
        `"${set.name}": ${place.name} is ${size(place)}, but its truth ${expected.name} is ${size(expected)} pixels (width × height).${more} They must match pixel for pixel: export the ${thing} at the size of the truth, without scaling or cropping.`,
      );
      return undefined;
    }
    return result;
  });
  if (problems.length > 0) {
    const shown = problems.slice(0, 8);
    const rest = problems.length - shown.length;
    const lines = [...shown, ...(rest > 0 ? [`… and ${rest} more.`] : [])];
    throw new InputError(
      lines.length === 1
        ? (lines[0] as string)
        : `Nothing was evaluated.\n${lines.map((line) => `  ${line}`).join("\n")}`,
    );
  }
  return paired.filter((set) => set !== undefined);
}

/** The pairs, or what is wrong. */
function pairOne<P extends Place>(
  truth: ImageSet<P>,
  set: ImageSet<P>,
  pair: PairedBy | "auto",
  thing: string,
): PairedSet<P> | string {
  const { name, path } = set;
  const named = !truth.isStack && !set.isStack;
  const ids = { truth: truth.images.map(({ id }) => id), set: set.images.map(({ id }) => id) };
  const match = matchNames(ids.truth, ids.set);
  const without = ids.truth.filter((_, i) => match.partners[i] === undefined);
  const extra = match.left.map((i) => ids.set[i] as string); // places in the set
  if (truth.images.length !== set.images.length) {
    const which = named ? whichDiffer(ids, without, extra, thing) : "";
    return `"${name}": ${count(set)} in ${path}, but ${count(truth)} of truth in ${truth.path}.${which} There must be one ${thing} for each image of the truth and no other.`;
  }
  if (pair !== "order" && named && isComplete(match)) {
    return { name, path, pairedBy: "name", places: match.partners.map((i) => set.images[i as number]?.place as P) }; // complete
  }
  if (pair === "name") {
    return named
      ? `"${name}": no ${thing} is named ${list(without)}. Give each ${thing} the name of its truth, or pair by order with \`pair: order\`.`
      : `"${name}": the pages of a stack have no names to pair by. Leave out \`pair: name\`: pages are paired in order.`;
  }
  if (pair === "auto" && named && without.length < truth.images.length) {
    return `"${name}": only some names agree. Without ${thing === "image" ? "an image" : "a prediction"}: ${list(without)}; without a truth: ${list(extra)}. Rename them to agree, or pair by order with \`pair: order\`${inOrder(ids.truth, ids.set)}.`;
  }
  const [odd] = pair === "auto" && named ? contradictions(ids.truth, ids.set) : [];
  if (odd !== undefined) {
    const byNumber = matchNumbers(ids.truth, ids.set)?.[odd];
    const better = byNumber === undefined ? "" : `, and ${ids.set[byNumber]} would fit it by its number`;
    return `"${name}": no names agree, and in order the numbers in them do not: ${ids.set[odd]} would belong to ${ids.truth[odd]}${better}. Give each ${thing} the name of its truth, or, if the order is right, say \`pair: order\`${inOrder(ids.truth, ids.set)}.`;
  }
  return { name, path, pairedBy: "order", places: set.images.map(({ place }) => place) };
}

/** Which images have no partner: by name, or, where no names agree, by the numbers in them. */
function whichDiffer(
  ids: { readonly truth: readonly string[]; readonly set: readonly string[] },
  without: readonly string[],
  extra: readonly string[],
  thing: string,
): string {
  const a = thing === "image" ? "an image" : "a prediction";
  if (without.length < ids.truth.length) {
    const lacking = without.length > 0 ? ` Without ${a}: ${list(without)}.` : "";
    return lacking + (extra.length > 0 ? ` Without a truth: ${list(extra)}.` : "");
  }
  const { partners, left } = matchNumbersInPart(ids.truth, ids.set);
  const lacking = ids.truth.filter((_, i) => partners[i] === undefined);
  if (lacking.length === ids.truth.length) {
    return ` No names agree: the truth has ${list(ids.truth)}, and this method has ${list(ids.set)}.`;
  }
  const beyond = left.map((i) => ids.set[i] as string); // places in the set
  return ` By the numbers in their names, ${[
    ...(lacking.length > 0
      ? [`${list(lacking)} of the truth ${lacking.length === 1 ? "has" : "have"} no ${thing}`]
      : []),
    ...(beyond.length > 0 ? [`${list(beyond)} ${beyond.length === 1 ? "has" : "have"} no truth`] : []),
  ].join(", and ")}.`;
}

/** The first pairs that the order would give. */
function inOrder(truth: readonly string[], set: readonly string[]): string {
  const pairs = truth.slice(0, 3).map((id, i) => `${id} with ${set[i]}`);
  return ` (${pairs.join(", ")}${truth.length > 3 ? ", …" : ""})`;
}

function count({ images, isStack }: ImageSet): string {
  return `${images.length} ${isStack ? "page" : "image"}${images.length === 1 ? "" : "s"}`;
}

function size({ width, height }: Place): string {
  return `${width} × ${height}`;
}

function list(names: readonly string[]): string {
  return names.slice(0, 5).join(", ") + (names.length > 5 ? ` and ${names.length - 5} more` : "");
}
