import type { Command } from "commander";

/**
 * What to say of an option that the command does not have, or undefined where it has all of them. Commander says it only
 * once no required option is missing, which a misspelt one is.
 */
export async function unknownOption(program: Command, [name, ...args]: readonly string[]): Promise<string | undefined> {
  const command = program.commands.find((each) => each.name() === name);
  if (!command) return undefined;
  const known = [...command.options, ...program.options].flatMap(({ long }) => long ?? []).concat("--help");
  const end = args.indexOf("--");
  const given = args.slice(0, end < 0 ? undefined : end).map((arg) => arg.replace(/=.*$/s, ""));
  const unknown = given.find((arg) => /^--[a-z]/i.test(arg) && !known.includes(arg));
  if (unknown === undefined) return undefined;
  const { nearestName } = await import("@em-stellar/core");
  const nearest = nearestName(unknown, known) ?? known.find((option) => unknown.startsWith(option)); // --output: --out
  const advice = nearest === undefined ? `Options: ${known.join(", ")}.` : `Did you mean ${nearest}?`;
  return `error: unknown option ${unknown}. ${advice}`;
}
