import { type ListedComponent, listComponents, readComponentIndex } from "../component-index.js";
import type { Terminal } from "../terminal/terminal.js";

/** The command's options as they were written. */
export interface ListCommand {
  readonly json?: boolean;
  /** Packages and ./files of plugins to list beside the built-in ones. */
  readonly plugin?: readonly string[];
}

/** `em-stellar list [KIND]`: the components, with their options and defaults. */
export async function list(given: string | undefined, options: ListCommand, terminal: Terminal): Promise<void> {
  const components = await componentsWith(options.plugin ?? []);
  const kinds = [...new Set(components.map((component) => component.kind))];
  const chosen =
    given === undefined ? undefined : kinds.find((kind) => [kind, `${kind}s`, `${kind}es`].includes(given));
  if (given !== undefined && chosen === undefined) {
    const { didYouMean, InputError } = await import("@em-stellar/core");
    throw new InputError(`No kind "${given}".${didYouMean(given, kinds)} Kinds: ${kinds.sort().join(", ")}.`);
  }
  const listed = components.filter(({ kind }) => chosen === undefined || kind === chosen);
  if (options.json) {
    terminal.print(JSON.stringify(listed, null, 2));
    return;
  }
  for (const shown of chosen === undefined ? kinds : [chosen]) {
    const ofKind = listed.filter((component) => component.kind === shown);
    const width = Math.max(...ofKind.map(({ id }) => id.length));
    terminal.print(`${shown}`);
    for (const { id, summary, options } of ofKind) {
      terminal.print(`  ${id.padEnd(width)}  ${summary}`);
      const defaults = Object.entries(options).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
      if (defaults.length > 0) terminal.print(`  ${" ".repeat(width)}  ${defaults.join(", ")}`);
    }
    terminal.print();
  }
  terminal.print("Options are shown with their defaults.");
}

/** From the index where that will do: loading every component takes most of a second. */
async function componentsWith(plugins: readonly string[]): Promise<ListedComponent[]> {
  const index = plugins.length === 0 ? readComponentIndex() : undefined;
  if (index) return index;
  const { registryOf } = await import("../plugins.js");
  return listComponents((await registryOf(plugins)).plugins);
}
