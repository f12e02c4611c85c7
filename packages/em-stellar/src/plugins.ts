import { join, resolve } from "node:path";
import { type AnyRegistry, createRegistry, InputError, type Plugin } from "@em-stellar/core";
import { autoAmong } from "@em-stellar/kernels/backend";
import type { Jiti } from "jiti";
import { builtinPlugins, builtins } from "./registry.js";

/** Told of each file of code, by its path, before it is run. */
export type OnCode = (file: string) => void;

/** Imports modules as if from a file: TypeScript too, packages and `./files` from the file's folder. */
export async function importerFrom(file: string): Promise<Jiti> {
  const { createJiti } = await import("jiti"); // slow to load, and most suites need none
  return createJiti(file, { fsCache: false });
}

/** The built-in plugins and others; one that has the name of a built-in takes its place. */
export function registryWith(plugins: readonly Plugin[]): AnyRegistry {
  const names = plugins.map(({ name }) => name);
  const all = [...builtinPlugins.filter(({ name }) => !names.includes(name)), ...plugins];
  return createRegistry(...all, autoAmong(...all));
}

/** Plugins that are named from the current folder, by package or by ./file. */
export async function importPlugins(names: readonly string[], onCode: OnCode = () => {}): Promise<Plugin[]> {
  const folder = process.cwd();
  // Names are looked for as a file of this folder would.
  const place = { where: "`plugin`", from: join(folder, "em-stellar"), folder, start: "the current folder", onCode };
  return Promise.all(names.map((name) => importPlugin(name, place)));
}

/** The built-in components and those of plugins that are named from the current folder. */
export async function registryOf(names: readonly string[], onCode: OnCode = () => {}): Promise<AnyRegistry> {
  return registryWith(await importPlugins(names, onCode));
}

/** Where a plugin is named, and where names start from. */
interface Place {
  /** For messages: `plugins[0] of suite.json`. */
  readonly where: string;
  /** The file that names it. */
  readonly from: string;
  readonly folder: string;
  /** What paths start from: "the suite's folder". */
  readonly start: string;
  readonly onCode: OnCode;
}

/** A plugin by the name of its package, or by file. Throws `InputError` where there is none. */
export async function importPlugin(name: string, { where, from, folder, start, onCode }: Place): Promise<Plugin> {
  const builtin = builtins.plugins.find((plugin) => plugin.name === name);
  if (builtin) return builtin;
  const isFile = /^[./]/.test(name);
  if (isFile) onCode(resolve(folder, name));
  const importer = await importerFrom(from);
  let exported: unknown;
  try {
    exported = await importer.import(name, { default: true });
  } catch (error) {
    if (!isMissing(error, name)) throw error;
    const remedy = isFile ? `Paths start from ${start}.` : `Install it: npm install ${name}`;
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
