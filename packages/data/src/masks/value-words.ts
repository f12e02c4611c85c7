import type { ValueCensus } from "./value-census.js";

/** `0, 1, 255`, for messages. */
export function valuesOf({ counts, distinct }: ValueCensus): string {
  const values = counts.map(([value]) => short(value));
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
