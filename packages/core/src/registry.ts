import type { AnyFactory } from "./component.js";
import { DuplicateComponentError, NoSuchComponentError } from "./errors.js";
import { type Plugin, requireSameCore } from "./plugin.js";

/** The components of a set of plugins, by kind and id. Immutable; a new set of plugins is a new registry. */
export interface Registry<F extends AnyFactory = AnyFactory> {
  /** The factory of a component known when the program is written: a misspelt id does not compile. */
  get<K extends F["kind"], Id extends Extract<F, { kind: K }>["id"]>(kind: K, id: Id): Extract<F, { kind: K; id: Id }>;
  /** The factory of a component named at run time; throws {@link NoSuchComponentError} with suggestions. */
  lookup<K extends F["kind"]>(kind: K, id: string): Extract<F, { kind: K }>;
  /** Every factory of a kind, in the order of the plugins. */
  list<K extends F["kind"]>(kind: K): readonly Extract<F, { kind: K }>[];
  /** The plugin that provides a component, or undefined where none of this registry does. */
  origin(kind: string, id: string): { readonly name: string; readonly version: string } | undefined;
  readonly plugins: readonly Plugin<F>[];
}

/** A registry of any plugins: what code takes that looks components up by ids it does not know. */
// biome-ignore lint/suspicious/noExplicitAny: with any, a lookup is typed by the variable that receives it
export type AnyRegistry = Registry<any>;

/**
 * Collects plugins. Throws a `DuplicateComponentError` where two provide the same kind and id, and an `InputError` where one was
 * defined with another copy of `@em-stellar/core`.
 */
export function createRegistry<const P extends readonly Plugin[]>(
  ...plugins: P
): Registry<P[number]["components"][number]> {
  type F = P[number]["components"][number];
  const entries = new Map<string, { factory: F; plugin: Plugin }>();
  for (const plugin of plugins) {
    requireSameCore(plugin);
    for (const factory of plugin.components) {
      const key = `${factory.kind} ${factory.id}`;
      const earlier = entries.get(key);
      if (earlier) {
        throw new DuplicateComponentError(
          `Both "${earlier.plugin.name}" and "${plugin.name}" provide the ${factory.kind} "${factory.id}". Leave one plugin out, or rename the component.`,
        );
      }
      entries.set(key, { factory, plugin });
    }
  }
  const factories = [...entries.values()].map(({ factory }) => factory);
  const list = <K extends F["kind"]>(kind: K) =>
    factories.filter((factory): factory is Extract<F, { kind: K }> => factory.kind === kind);
  const lookup = <K extends F["kind"]>(kind: K, id: string): Extract<F, { kind: K }> => {
    const ofKind = list(kind);
    const found = ofKind.find((factory) => factory.id === id);
    if (!found) {
      throw new NoSuchComponentError(
        kind,
        id,
        ofKind.map((factory) => factory.id),
        describedBy(id, ofKind),
      );
    }
    return found;
  };
  return Object.freeze({
    get: <K extends F["kind"], Id extends Extract<F, { kind: K }>["id"]>(kind: K, id: Id) =>
      lookup(kind, id) as unknown as Extract<F, { kind: K; id: Id }>, // lookup compared both kind and id
    lookup,
    list,
    origin(kind: string, id: string) {
      const plugin = entries.get(`${kind} ${id}`)?.plugin;
      return plugin && { name: plugin.name, version: plugin.version };
    },
    plugins,
  });
}

/** Ids of the components that a word stands in: "gpu" in what `webgpu` and `cuda` say of themselves. */
function describedBy(word: string, factories: readonly AnyFactory[]): string[] {
  if (!/^\p{L}{3,40}$/u.test(word)) return [];
  const pattern = new RegExp(`(^|[^\\p{L}])${word}($|[^\\p{L}])`, "iu");
  const ids = factories.filter(({ id, summary }) => pattern.test(`${id} ${summary}`)).map(({ id }) => id);
  return ids.length > 5 ? [] : ids; // as many say nothing
}
