import type { AnyFactory } from "./component.js";

/** A named list of component factories: a plain value. Importing a plugin changes nothing until a registry is made of it. */
export interface Plugin<F extends AnyFactory = AnyFactory> {
  /** The npm package that provides it; results record it. */
  readonly name: string;
  readonly version: string;
  readonly components: readonly F[];
}

/** Declares a plugin; every plugin package exports one by default. */
export function definePlugin<const F extends readonly AnyFactory[]>(plugin: {
  name: string;
  version: string;
  components: F;
}): Plugin<F[number]> {
  return plugin;
}
