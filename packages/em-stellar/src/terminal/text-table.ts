import { visible } from "@em-stellar/core";

/**
 * The columns of a table, from 0 and in its order, that `width` characters have room for: those of `byImportance` up to the
 * first that does not fit, and `least` of them in any case.
 */
export function fittingColumns(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  width: number,
  byImportance: readonly number[],
  least: number,
): number[] {
  const fitting: number[] = [];
  let used = -2;
  for (const column of byImportance) {
    used += 2 + Math.max(...[header, ...rows].map((cells) => cells[column]?.length ?? 0));
    if (used > width && fitting.length >= least) break;
    fitting.push(column);
  }
  return fitting.sort((a, b) => a - b);
}

/**
 * Rows under a header as text: the columns `left` (from 0; the second) to the left, all others to the right; a rule below the
 * header, and one more above the row `ruleAbove`. A row stays one line: what names hold beside letters becomes visible.
 */
export function textTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  ruleAbove: number = rows.length,
  left: readonly number[] = [1],
): string {
  const plain = rows.map((cells) => cells.map(inOneLine));
  const widths = header.map((title, column) =>
    plain.reduce((most, cells) => Math.max(most, cells[column]?.length ?? 0), title.length),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) =>
        left.includes(column) ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd();
  const rule = "─".repeat(line(header).length);
  const lines = plain.map(line);
  const between = ruleAbove > 0 && ruleAbove < rows.length ? [rule] : [];
  return [line(header), rule, ...lines.slice(0, ruleAbove), ...between, ...lines.slice(ruleAbove)].join("\n");
}

/** How a table is made to fit. */
interface Fitting {
  /** Columns from 0; those at the end are left out first. */
  readonly byImportance: readonly number[];
  readonly left: readonly number[];
  /** Where the columns are that are left out, as a sentence. */
  readonly elsewhere: string;
}

/** A table of the columns that `width` characters have room for, and below it which were left out. */
export function fittingTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  width: number,
  { byImportance, left, elsewhere }: Fitting,
): string {
  const shown = fittingColumns(header, rows, width, byImportance, 2);
  const pick = (cells: readonly string[]) => shown.map((column) => cells[column] ?? "");
  const toTheLeft = shown.flatMap((column, place) => (left.includes(column) ? [place] : []));
  const table = textTable(pick(header), rows.map(pick), rows.length, toTheLeft);
  const missing = header.filter((_, column) => !shown.includes(column));
  return missing.length === 0 ? table : `${table}\nNot shown here: ${missing.join(", ")}. ${elsewhere}`;
}

function inOneLine(cell: string): string {
  return visible(cell).replaceAll("\n", "\\n");
}
