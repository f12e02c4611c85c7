import { join } from "node:path";
import { type AnyRegistry, createRegistry, InputError, type Plugin } from "@em-stellar/core";
import { createJiti, type Jiti } from "jiti";
import { builtins } from "./registry.js";

/** Imports modules as if from a file: TypeScript too, packages and `./files` from the file's folder. */
export function importerFrom(file: string): Jiti {
  return createJiti(file, { fsCache: false });
}

/** The built-in plugins and others; one that has the name of a built-in takes its place. */
export function registryWith(plugins: readonly Plugin[]): AnyRegistry {
  const names = plugins.map(({ name }) => name);
  return createRegistry(...builtins.plugins.filter(({ name }) => !names.includes(name)), ...plugins);
}

/** The built-in components and those of plugins that are named from the current folder, by package or by ./file. */
export async function registryOf(names: readonly string[]): Promise<AnyRegistry> {
  const folder = process.cwd();
  const importer = importerFrom(join(folder, "em-stellar")); // names are looked for as this file would
  const place = { where: "--plugin", folder, start: "the current folder" };
  return registryWith(await Promise.all(names.map((name) => importPlugin(name, importer, place))));
}

/** Where a plugin is named, and where names start from: for messages. */
interface Place {
  /** `plugins[0] of suite.json` */
  readonly where: string;
  readonly folder: string;
  /** What paths start from: "the suite's folder". */
  readonly start: string;
}

/** A plugin by the name of its package, or by file. Throws `InputError` where there is none. */
export async function importPlugin(name: string, importer: Jiti, { where, folder, start }: Place): Promise<Plugin> {
  const builtin = builtins.plugins.find((plugin) => plugin.name === name);
  if (builtin) return builtin;
  let exported: unknown;
  try {
    exported = await importer.import(name, { default: true });
  } catch (error) {
    if (!isMissing(error, name)) throw error;
    const remedy = name.startsWith(".") ? `Paths start from ${start}.` : `Install it: npm install ${name}`;
    throw new InputError(`${where}: "${name}" was not found from ${folder}. ${remedy}`);
  }
  return requirePlugin(exported, `${where} ("${name}")`);
}

/** The value as a plugin; throws `InputError` where it is something else. */
export function requirePlugin(value: unknown, where: string): Plugin {
  if (typeof value === "object" && value !== null && "components" in value && "name" in value) {
    return value as Plugin; // made by definePlugin, the only maker of such values
  }
  throw new InputError(
    `${where} exports no plugin: export default definePlugin({ name, version, components: [ … ] }).`,
  );
}

/** Whether `name` itself is missing, rather than something that it imports. */
function isMissing(error: unknown, name: string): boolean {
  return error instanceof Error && /Cannot find (module|package)/.test(error.message) && error.message.includes(name);
}
