import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { AnyFactory, Plugin } from "@em-stellar/core";

/** A component as `list` shows it. */
export interface ListedComponent {
  readonly kind: string;
  readonly id: string;
  readonly summary: string;
  readonly citation?: string;
  /** Every option with its default. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The plugin it comes from. */
  readonly package: string;
  readonly version: string;
}

/** The components of plugins, in their order. */
export function listComponents(plugins: readonly Plugin[]): ListedComponent[] {
  return plugins.flatMap(({ name, version, components }) =>
    components.map((factory) => ({ ...describe(factory), package: name, version })),
  );
}

/**
 * The built-in components from the index that the build has made of the registry, which is read in no time where loading the
 * components takes a second. Undefined where there is no index, or where a package is installed in another version than the
 * build saw.
 */
export function readComponentIndex(
  file: URL = new URL("./components.json", import.meta.url),
  resolve: (name: string) => string = import.meta.resolve,
): ListedComponent[] | undefined {
  if (!existsSync(file)) return undefined;
  const components: ListedComponent[] = JSON.parse(readFileSync(file, "utf8"));
  const installed = new Map<string, string | undefined>();
  for (const { package: name } of components) {
    if (!installed.has(name)) installed.set(name, installedVersion(name, resolve));
  }
  const isCurrent = components.every((component) => installed.get(component.package) === component.version);
  return isCurrent ? components : undefined;
}

function describe({ kind, id, summary, citation, defaults }: AnyFactory) {
  return { kind, id, summary, ...(citation === undefined ? {} : { citation }), options: { ...defaults } };
}

/** The version in the package.json that lies nearest above what a name leads to. */
function installedVersion(name: string, resolve: (name: string) => string): string | undefined {
  try {
    const entry = fileURLToPath(resolve(name));
    for (let folder = dirname(entry); folder !== dirname(folder); folder = dirname(folder)) {
      const manifest = join(folder, "package.json");
      if (existsSync(manifest)) return JSON.parse(readFileSync(manifest, "utf8")).version;
    }
    return undefined;
  } catch {
    return undefined; // not installed
  }
}
