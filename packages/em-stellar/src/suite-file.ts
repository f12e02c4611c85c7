import { readdir, stat } from "node:fs/promises";
import { basename, dirname, extname, resolve } from "node:path";
import { constant, otsu, smoothedThreshold } from "@em-stellar/baselines";
import { type AnyRegistry, didYouMean, InputError, type Plugin } from "@em-stellar/core";
import { readPlainFile } from "@em-stellar/data/node";
import { parseSuite, readSuiteJson, type Suite } from "@em-stellar/runner";
import { requirePluginName } from "./plugin-names.js";
import { importerFrom, importPlugin, type OnCode, registryWith, requirePlugin } from "./plugins.js";
import { explainFolder } from "./terminal/folder-as-suite.js";

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

const data = [".json", ".jsonc"];
const modules = [".js", ".mjs", ".ts", ".mts"];

/**
 * Reads a suite from `.json`, or from a module (`.js`, `.mjs`, `.ts`, `.mts`) that exports it by default and may export
 * `plugins` beside it. Plugins are found from the suite's folder; `onCode` is told of each file of code before it is run.
 * Throws `InputError` that names the file.
 */
export async function loadSuite(path: string, onCode: OnCode = () => {}): Promise<LoadedSuite> {
  const file = resolve(path);
  const folder = dirname(file);
  const content = await read(path, file);
  if (data.includes(extname(file))) {
    const json = readSuiteJson(content, path);
    const registry = registryWith(await importPlugins(json, file, onCode));
    return { suite: withFloors(named(path, () => parseSuite(json, registry))), registry, folder, file };
  }
  if (!modules.includes(extname(file))) {
    throw new InputError(`${path} is not a suite: the name of a suite must end in .json, or in ${modules.join(", ")}.`);
  }
  onCode(file);
  const exported: { default?: unknown; plugins?: unknown } = await (await importerFrom(file)).import(file);
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

/**
 * A suite that says nothing of baselines gets the floors: without them no one can tell whether a network has learnt
 * anything. An empty list means none.
 */
function withFloors(suite: Suite): Suite {
  return suite.baselines ? suite : { ...suite, baselines: [constant(), otsu(), smoothedThreshold()] };
}

/** Refuses all names that may not stand there before it loads the first plugin. */
async function importPlugins(json: unknown, file: string, onCode: OnCode): Promise<Plugin[]> {
  const listed = typeof json === "object" && json !== null && "plugins" in json ? json.plugins : [];
  const folder = dirname(file);
  if (!Array.isArray(listed)) {
    throw new InputError(`${file}: plugins must be a list of package names and ./files, such as ["./network.ts"].`);
  }
  const names = listed.map((name: unknown, index) => {
    const where = `plugins[${index}] of ${basename(file)}`;
    return { where, name: requirePluginName(name, where, folder) };
  });
  return Promise.all(
    names.map(({ name, where }) =>
      importPlugin(name, { where, from: file, folder, start: "the suite's folder", onCode }),
    ),
  );
}

function isSuite(value: unknown): value is Suite {
  return typeof value === "object" && value !== null && "networks" in value && "losses" in value;
}

async function read(path: string, file: string): Promise<Uint8Array> {
  try {
    if ((await stat(file)).isDirectory()) throw await explainFolder(path);
    return await readPlainFile(file, `The suite ${file}`);
  } catch (error) {
    if (error instanceof InputError) throw error;
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code !== "ENOENT") {
      throw new InputError(`The suite ${file} cannot be read: ${error instanceof Error ? error.message : error}.`);
    }
    const siblings = (await readdir(dirname(file)).catch(() => [])).filter((name) =>
      [...data, ...modules].includes(extname(name)),
    );
    const meant = didYouMean(basename(file), siblings);
    throw new InputError(
      `There is no suite at ${file}.${meant === "" ? " This command writes one for a folder of images and masks: npx em-stellar init FOLDER" : meant}`,
    );
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
