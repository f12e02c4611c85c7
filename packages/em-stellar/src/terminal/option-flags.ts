/** An option of a command, as commander declares it. */
interface DeclaredOption {
  /** `--truth-labels` */
  readonly long?: string | undefined;
  /** `truthLabels` */
  attributeName(): string;
}

/**
 * Spells the options that a message names in backquotes as the command takes them: `truthLabels: 1-3` becomes
 * --truth-labels 1-3. What is no option of the command stays as it is.
 */
export function withFlags(message: string, options: readonly DeclaredOption[]): string {
  const flags = new Map(options.map((option) => [option.attributeName(), option.long]));
  return message.replace(/`([a-z][A-Za-z]*)(?:: ([^`\n]+))?`/g, (named, name: string, value?: string) => {
    const flag = flags.get(name);
    return flag === undefined ? named : [flag, value].filter(Boolean).join(" ");
  });
}
