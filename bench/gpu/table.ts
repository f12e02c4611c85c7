/** Rows of text in columns: the first to the left, the others to the right. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))))
    .map((row) => `  ${row.join("  ").trimEnd()}`)
    .join("\n");
}

/** A number to read: three digits at least, none for thousands. Nothing where there is none. */
export function digits(value: number | null | undefined): string {
  if (value === null || value === undefined) return "";
  return value < 0.1
    ? value.toFixed(3)
    : value < 10
      ? value.toFixed(2)
      : value < 100
        ? value.toFixed(1)
        : value.toFixed(0);
}

/** A share, as per cent. */
export function percent(share: number | null | undefined): string {
  return share === null || share === undefined ? "" : `${(100 * share).toFixed(1)} %`;
}
