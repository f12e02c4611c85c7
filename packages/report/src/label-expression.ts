/** The expression by which a chart finds the label of a number. Its parser takes two characters for line ends that JSON does not. */
export function labelOf(labels: readonly string[]): string {
  const list = JSON.stringify(labels).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
  return `${list}[datum.value]`;
}
