import { EmStellarError, InputError } from "@em-stellar/core";

/** Options of a source of data, as a suite has them, and what `init` takes for them. */
const spellings: readonly [inSuite: RegExp, typed: string | ((...found: string[]) => string)][] = [
  [/maskRule: "index"/g, "--labels nonzero"],
  [/maskRule: "(binary|auto)"/g, "--mask-rule $1"],
  [/objectLabels: \[([\d., -]+)\]/g, (_, list) => `--labels ${list.replaceAll(" ", "")}`],
  [/polarity: "(as-stored|as-shown)"/g, "--polarity $1"],
  [/ignoreValue: (-?\d+(?:\.\d+)?)/g, "--ignore-value $1"],
  [/"?(pairBy|groupBy)"?:? ("(?:[^"\\]|\\.)+")/g, (_, name, json) => `${flagOf(name)} ${inShell(JSON.parse(json))}`],
  [/\b(images|masks|testImages|testMasks)(?=: "[^"]*" finds nothing)/g, (_, name) => flagOf(name)],
  [/\bobjectLabels\b/g, "--labels"],
  [/\b(maskRule|ignoreValue|pairBy|groupBy|testImages|testMasks)\b/g, (_, name) => flagOf(name)],
];

/** Does what may fail with advice for a suite, and says it for the command: `objectLabels: [1, 2]` becomes `--labels 1,2`. */
export async function asTyped<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof EmStellarError) throw new InputError(typed(error.message), { cause: error });
    throw error;
  }
}

/** A message about the options of a suite in words of the command. What stands in backquotes is spelled by the command itself. */
export function typed(message: string): string {
  const parts = message.split(/(`[^`\n]*`)/);
  return parts.map((part, i) => (i % 2 === 1 ? part : respelled(part))).join("");
}

function respelled(text: string): string {
  return spellings.reduce(
    // One of the two forms of `replace`, which its types keep apart.
    (told, [inSuite, flag]) => (typeof flag === "string" ? told.replace(inSuite, flag) : told.replace(inSuite, flag)),
    text,
  );
}

function flagOf(option: string): string {
  return `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** In single quotes, as the shells of all systems but cmd take it. */
function inShell(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
