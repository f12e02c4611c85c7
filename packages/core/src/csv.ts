import { visible } from "./visible.js";

/**
 * Rows as comma-separated values (RFC 4180). A text that a spreadsheet would take for a formula (`=1+1`, `+a`, `-a`, `@a`) gets
 * an apostrophe in front; control characters become visible; numbers stay numbers.
 */
export function csvOf(rows: readonly (readonly (string | number)[])[]): string {
  return `${rows.map((row) => row.map(field).join(",")).join("\n")}\n`;
}

function field(value: string | number): string {
  const isFormula = typeof value === "string" && /^[=+\-@\t\r]/.test(value);
  const text = visible(isFormula ? `'${value}` : String(value));
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
