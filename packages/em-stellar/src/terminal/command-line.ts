/** What a shell takes to give the same arguments again, for the record. */
export function commandLine(args: readonly string[]): string {
  return ["npx em-stellar", ...args.map(quoted)].join(" ");
}

/** A word of a command as a shell takes it: in quotes where it has spaces or the like. */
export function quoted(argument: string): string {
  return /^[\w./:,=@%+-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}
