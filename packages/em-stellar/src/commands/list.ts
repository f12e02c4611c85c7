import { type AnyFactory, didYouMean, EmStellarError } from "@em-stellar/core";
import { registryOf } from "../plugins.js";
import type { Terminal } from "../terminal/terminal.js";

export interface ListOptions {
  readonly json?: boolean;
  /** Packages and ./files of plugins. */
  readonly plugin?: readonly string[];
}

/** `em-stellar list [KIND]`: the built-in components and those of plugins, with their options and defaults. */
export async function list(given: string | undefined, options: ListOptions, terminal: Terminal): Promise<void> {
  const { plugins } = await registryOf(options.plugin ?? []);
  const components = plugins.flatMap(({ name, version, components }) =>
    components.map((factory) => ({ ...describe(factory), package: name, version })),
  );
  const kinds = [...new Set(components.map((component) => component.kind))];
  const chosen =
    given === undefined ? undefined : kinds.find((kind) => [kind, `${kind}s`, `${kind}es`].includes(given));
  if (given !== undefined && chosen === undefined) {
    throw new EmStellarError(`No kind "${given}".${didYouMean(given, kinds)} Kinds: ${kinds.sort().join(", ")}.`);
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

function describe({ kind, id, summary, citation, defaults }: AnyFactory) {
  return { kind, id, summary, ...(citation === undefined ? {} : { citation }), options: { ...defaults } };
}
