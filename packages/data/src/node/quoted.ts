/** A word of a command as a shell takes it: in single quotes where it has spaces or the like. */
export function quoted(word: string): string {
  return /^[\w./:,=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
