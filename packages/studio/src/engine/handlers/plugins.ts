import { InputError, type Plugin } from "@em-stellar/core";
import { importsIn, withImports } from "../module-imports.js";
import { registry } from "../registry.js";
import type { LoadedPlugin, PluginRequests } from "../requests/plugins.js";
import { setUserPlugins, userPlugins } from "../user-plugins.js";

/** Packages of the page that plugins may import, so that there is one copy of each. */
const offered: Readonly<Record<string, () => Promise<object>>> = {
  "@em-stellar/core": () => import("@em-stellar/core"),
  "@em-stellar/core/training": () => import("@em-stellar/core/training"),
  "@em-stellar/kernels": () => import("@em-stellar/kernels"),
  "@tensorflow/tfjs-core": () => import("@tensorflow/tfjs-core"),
  "@tensorflow/tfjs-layers": () => import("@tensorflow/tfjs-layers"),
};

export async function loadPlugin({ name, code }: PluginRequests["load-plugin"]["asked"]): Promise<LoadedPlugin> {
  const addresses = new Map(Object.keys(offered).map((each) => [each, ""]));
  withImports(code, name, addresses); // what it may not import is refused before anything is loaded
  for (const each of importsIn(code)) addresses.set(each, await offer(each));
  const address = addressOf(withImports(code, name, addresses));
  let exported: unknown;
  try {
    exported = (await import(/* @vite-ignore */ address)).default;
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    throw new InputError(`${name} cannot be run as a module: ${problem}. Is it JavaScript, and not TypeScript?`);
  } finally {
    URL.revokeObjectURL(address);
  }
  const plugin = requirePlugin(exported, name);
  const before = userPlugins();
  setUserPlugins([...before.filter((each) => each.name !== plugin.name), plugin]);
  try {
    registry(); // refuses components that are there already
  } catch (error) {
    setUserPlugins(before);
    throw error;
  }
  return describe(plugin);
}

export async function listPlugins(): Promise<LoadedPlugin[]> {
  return userPlugins().map(describe);
}

/** The address of a module that exports what a package of the page exports. */
async function offer(name: string): Promise<string> {
  const exported = (await offered[name]?.()) ?? {};
  const key = `em-stellar ${name}`;
  Object.assign(globalThis, { [key]: exported });
  const names = Object.keys(exported).filter(
    (each) => each !== "default" && /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(each),
  );
  const lines = names.map((each) => `export const ${each} = all[${JSON.stringify(each)}];`);
  return addressOf(
    `const all = globalThis[${JSON.stringify(key)}];\n${lines.join("\n")}\nexport default all.default;\n`,
  );
}

function addressOf(code: string): string {
  return URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
}

function requirePlugin(value: unknown, name: string): Plugin {
  if (typeof value === "object" && value !== null && "components" in value && "name" in value) {
    return value as Plugin; // made by definePlugin, the only maker of such values
  }
  throw new InputError(`${name} exports no plugin: export default definePlugin({ name, version, components: [ … ] }).`);
}

function describe({ name, version, components }: Plugin): LoadedPlugin {
  return { name, version, components: components.map(({ kind, id }) => `${kind} ${id}`) };
}
