import { readFile } from "node:fs/promises";
import { basename, dirname, extname, resolve } from "node:path";
import { constant, otsu, smoothedThreshold } from "@em-stellar/baselines";
import { type AnyRegistry, InputError, type Plugin } from "@em-stellar/core";
import { parseSuite, type Suite } from "@em-stellar/runner";
import type { Jiti } from "jiti";
import { importerFrom, importPlugin, registryWith, requirePlugin } from "./plugins.js";

/** A suite read from a file, with what it takes to run it. */
export interface LoadedSuite {
  readonly suite: Suite;
  /** The built-in components and those of the suite's plugins. */
  readonly registry: AnyRegistry;
  /** The folder that relative paths of the suite start from. */
  readonly folder: string;
  /** Where it can be read again; `null` for the demo, which is in no file. */
  readonly file: string | null;
}

const modules = [".js", ".mjs", ".ts", ".mts"];

/**
 * Reads a suite from `.json`, or from a module (`.js`, `.mjs`, `.ts`, `.mts`) that exports it by default and may export
 * `plugins` beside it. Plugins are found from the suite's folder. Throws `InputError` that names the file.
 */
export async function loadSuite(path: string): Promise<LoadedSuite> {
  const file = resolve(path);
  const folder = dirname(file);
  const importer = importerFrom(file);
  if (extname(file) === ".json") {
    const json: unknown = parseJson(await read(file), file);
    const registry = registryWith(await importPlugins(json, importer, file));
    return { suite: withFloors(named(file, () => parseSuite(json, registry))), registry, folder, file };
  }
  if (!modules.includes(extname(file))) {
    throw new InputError(`${path} is no suite: its name must end in .json or ${modules.join(", ")}.`);
  }
  await read(file);
  const exported: { default?: unknown; plugins?: unknown } = await importer.import(file);
  if (!isSuite(exported.default)) {
    throw new InputError(`${path} must export a suite by default: export default defineSuite({ … }).`);
  }
  const plugins = Array.isArray(exported.plugins) ? exported.plugins : [];
  return {
    suite: withFloors(exported.default),
    registry: registryWith(plugins.map((plugin) => requirePlugin(plugin, `plugins of ${basename(file)}`))),
    folder,
    file,
  };
}

/** A suite that names no baselines gets the floors: without them no one can tell whether a network has learnt anything. */
function withFloors(suite: Suite): Suite {
  return suite.baselines.length > 0 ? suite : { ...suite, baselines: [constant(), otsu(), smoothedThreshold()] };
}

async function importPlugins(json: unknown, importer: Jiti, file: string): Promise<Plugin[]> {
  const listed = typeof json === "object" && json !== null && "plugins" in json ? json.plugins : [];
  if (!Array.isArray(listed)) {
    throw new InputError(`${file}: plugins must be a list of package names and ./files.`);
  }
  return Promise.all(
    listed.map(async (name: unknown, index) => {
      const where = `plugins[${index}] of ${basename(file)}`;
      if (typeof name !== "string") throw new InputError(`${where} must be a package name or a ./file.`);
      return importPlugin(name, importer, { where, folder: dirname(file), start: "the suite's folder" });
    }),
  );
}

function isSuite(value: unknown): value is Suite {
  return typeof value === "object" && value !== null && "networks" in value && "losses" in value;
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT") throw new InputError(`There is no suite at ${file}.`);
    throw new InputError(`The suite ${file} cannot be read: ${error instanceof Error ? error.message : error}.`);
  }
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError(`${file} is not valid JSON: ${error instanceof Error ? error.message : error}.`);
  }
}

/** Puts the file's name before the message of an InputError. */
function named<T>(file: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof InputError) throw new InputError(`${file}: ${error.message}`);
    throw error;
  }
}
