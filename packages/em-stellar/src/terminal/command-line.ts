/** What a shell takes to give the same arguments again, for the record. */
export function commandLine(args: readonly string[]): string {
  return ["npx em-stellar", ...args.map(quoted)].join(" ");
}

/** As a shell takes it. */
function quoted(argument: string): string {
  return /^[\w./:,=@%+-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}
