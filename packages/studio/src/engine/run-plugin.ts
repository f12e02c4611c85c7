import { InputError, type Plugin } from "@em-stellar/core";
import { importsIn, withImports } from "./module-imports.js";

/** Packages of the page that plugins may import, so that there is one copy of each. */
const offered: Readonly<Record<string, () => Promise<object>>> = {
  "@em-stellar/core": () => import("@em-stellar/core"),
  "@em-stellar/core/training": () => import("@em-stellar/core/training"),
  "@em-stellar/kernels": () => import("@em-stellar/kernels"),
  "@tensorflow/tfjs-core": () => import("@tensorflow/tfjs-core"),
  "@tensorflow/tfjs-layers": () => import("@tensorflow/tfjs-layers"),
};

/** Runs a JavaScript module and gives the plugin that it exports. Throws `InputError`, which calls the module `name`, where it exports none. */
export async function runPlugin(name: string, code: string): Promise<Plugin> {
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
  if (typeof exported === "object" && exported !== null && "components" in exported && "name" in exported) {
    return exported as Plugin; // made by definePlugin, the only maker of such values
  }
  throw new InputError(`${name} exports no plugin: export default definePlugin({ name, version, components: [ … ] }).`);
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
