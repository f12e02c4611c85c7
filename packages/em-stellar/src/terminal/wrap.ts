/**
 * Breaks a line between words, so that no part is wider than `columns` where its words allow; the parts that follow are
 * indented by as much as the first, and by a mark such as `! ` before it. A number stays with its unit.
 */
export function wrapped(line: string, columns: number): string[] {
  if (line.length <= columns) return [line];
  const indent = /^\s*(?:[!✓✗·] )?/.exec(line)?.[0] ?? "";
  const lines: string[] = [];
  let current = indent;
  for (const word of line.slice(indent.length).split(/ (?!(?:s|min|h|ms)\b|%)/)) {
    const isEmpty = current.trim() === indent.trim() && current.length <= indent.length;
    if (!isEmpty && current.length + 1 + word.length > columns) {
      lines.push(current);
      current = " ".repeat(indent.length) + word;
    } else current = isEmpty ? current + word : `${current} ${word}`;
  }
  return [...lines, current];
}
