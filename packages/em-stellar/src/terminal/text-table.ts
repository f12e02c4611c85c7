/**
 * Rows under a header as text: the columns `left` (from 0; the second) to the left, all others to the right; a rule below the
 * header, and one more above the row `ruleAbove`.
 */
export function textTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  ruleAbove: number = rows.length,
  left: readonly number[] = [1],
): string {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((cells) => cells[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) =>
        left.includes(column) ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  ")
      .trimEnd();
  const rule = "─".repeat(line(header).length);
  const lines = rows.map(line);
  const between = ruleAbove > 0 && ruleAbove < rows.length ? [rule] : [];
  return [line(header), rule, ...lines.slice(0, ruleAbove), ...between, ...lines.slice(ruleAbove)].join("\n");
}
