import { InvalidArgumentError } from "commander";

/** A whole number of at least 1. */
export function atLeastOne(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1)
    throw new InvalidArgumentError("It must be a whole number of at least 1.");
  return number;
}

/** A port; 0 takes any that is free. */
export function portNumber(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 0 && number < 65536 && text.trim() !== "") return number;
  throw new InvalidArgumentError("It must be a whole number from 1 to 65535, or 0 for any that is free.");
}

/** A whole number of MiB, in bytes. */
export function mebibytes(text: string): number {
  return atLeastOne(text) * 2 ** 20;
}

/** Bits of a map. */
export function sixteenOr32(text: string): number {
  if (text === "16" || text === "32") return Number(text);
  throw new InvalidArgumentError("It must be 16 or 32.");
}

/** A whole number of at least 0. */
export function wholeNumber(text: string): number {
  const number = Number(text);
  if (text.trim() === "" || !Number.isInteger(number) || number < 0) {
    throw new InvalidArgumentError("It must be a whole number of at least 0.");
  }
  return number;
}

/** A probability below 1. */
export function share(text: string): number {
  const number = Number(text);
  if (text.trim() === "" || !(number >= 0 && number < 1)) {
    throw new InvalidArgumentError("It must be a probability: 0 or more, and below 1.");
  }
  return number;
}

/** A number above 0. */
export function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0 && Number.isFinite(number))) throw new InvalidArgumentError("It must be a number above 0.");
  return number;
}

/** Ids, separated by commas. */
export function listOf(text: string): string[] {
  const ids = text.split(",").map((id) => id.trim());
  if (ids.includes("")) throw new InvalidArgumentError("It must be ids, separated by commas: f1,jaccard.");
  return ids;
}

/** `1,3,5-9` or `nonzero`. */
export function labels(text: string): number[] | "nonzero" {
  if (text.trim() === "nonzero") return "nonzero";
  return text.split(",").flatMap((part) => {
    const [, from, to] = /^\s*(\d+)(?:-(\d+))?\s*$/.exec(part) ?? [];
    const [first, last] = [Number(from), Number(to ?? from)];
    if (from === undefined || last < first || last >= 2 ** 32 || last - first > 2 ** 20) {
      throw new InvalidArgumentError(
        "It must be whole numbers: 1 or 1,3 or 1-40; or nonzero for every value except 0.",
      );
    }
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}

/** Any number. */
export function number(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError("It must be a number: 255.");
  return value;
}
