import type { ValueCensus } from "./value-census.js";

/** `0, 1, 255`, for messages; of a picture in colours, `#000000, #ff0000`. */
export function valuesOf(file: ValueCensus): string {
  const { counts, distinct } = file;
  const values = counts.map(([value]) => (isInColours(file) ? colour(value) : short(value)));
  const more = distinct > 12 ? ", …" : "";
  return `${values.length === 1 ? "nothing but " : ""}${values.slice(0, 12).join(", ")}${more}`;
}

/** A number of four digits at most, where it is no whole one. */
export function short(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
}

/** A value that programs write for "object": 1, 255, 65535, or the highest of the file's type. */
export function isWhite(value: number, fullRange: number): boolean {
  return value === 1 || value === 255 || value === 65535 || value === fullRange;
}

/** A picture in colours, each of which has a number. */
export function isInColours({ numbers, palette }: ValueCensus): boolean {
  return numbers === "labels" && !palette;
}

/** `#ff8000`. */
function colour(value: number): string {
  return `#${value.toString(16).padStart(6, "0")}`;
}
