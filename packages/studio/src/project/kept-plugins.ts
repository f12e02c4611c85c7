import { decodeText, encodeText, hashBytes, InputError, type RunStore, readJson, writeJson } from "@em-stellar/core";
import { places } from "./project.js";

/**
 * Where this browser notes which plugins the user has agreed to run: their files, and the hash of what was in them then. No
 * project file holds it, so that a project from elsewhere cannot agree for the user.
 */
const trustPath = "trusted-plugins.json";

type Trust = Readonly<Record<string, string>>;

/** A plugin of a project. */
export interface KeptPlugin {
  /** Its file in the project, such as `my-net.js`. */
  readonly file: string;
  readonly code: string;
  /** Whether the user has agreed in this browser to run just this code. */
  readonly isTrusted: boolean;
}

/** The plugins that are kept with a project, in the order of their files. */
export async function keptPlugins(store: RunStore): Promise<KeptPlugin[]> {
  const trust = await trustOf(store);
  const found: KeptPlugin[] = [];
  for (const path of (await store.list(places.plugins)).sort()) {
    const content = await store.read(path);
    if (!content) continue;
    const file = path.slice(places.plugins.length + 1);
    found.push({ file, code: decodeText(content), isTrusted: trust[file] === (await hashBytes(content)) });
  }
  return found;
}

/** Keeps a plugin that the user has agreed to run. */
export async function keepPlugin(store: RunStore, file: string, code: string): Promise<void> {
  const content = encodeText(code);
  await store.write(pathOf(file), content);
  await writeJson(store, trustPath, { ...(await trustOf(store)), [file]: await hashBytes(content) });
}

/** Takes a plugin out of the project. */
export async function dropPlugin(store: RunStore, file: string): Promise<void> {
  const { [file]: _, ...others } = await trustOf(store);
  await writeJson(store, trustPath, others);
  await store.remove(pathOf(file));
}

/** The name of a plugin's file in a project: letters, digits, points, hyphens and underscores of the name that was given. */
export function pluginFile(given: string): string {
  const name = given.replace(/\.m?js$/i, "").replaceAll(/[^\w.-]+/g, "-");
  return `${name.replace(/^[-.]+|[-.]+$/g, "").slice(0, 100) || "plugin"}.js`;
}

function pathOf(file: string): string {
  if (pluginFile(file) !== file) throw new InputError(`A project has no plugin called ${JSON.stringify(file)}.`);
  return `${places.plugins}/${file}`;
}

async function trustOf(store: RunStore): Promise<Trust> {
  const kept = await readJson(store, trustPath);
  return typeof kept === "object" && kept !== null ? (kept as Trust) : {}; // written above alone
}
