import type { AnyFactory } from "./component.js";
import { InputError } from "./errors.js";
import { coreVersion } from "./version.js";

/** A named list of component factories: a plain value. Importing a plugin changes nothing until a registry is made of it. */
export interface Plugin<F extends AnyFactory = AnyFactory> {
  /** The npm package that provides it; results record it. */
  readonly name: string;
  readonly version: string;
  readonly components: readonly F[];
  /** The version of `@em-stellar/core` that it was defined with; absent from plugins made by hand. */
  readonly core?: string;
}

/** Declares a plugin; every plugin package exports one by default. */
export function definePlugin<const F extends readonly AnyFactory[]>(plugin: {
  name: string;
  version: string;
  components: F;
}): Plugin<F[number]> {
  return { ...plugin, core: coreVersion };
}

/** Throws `InputError` where a plugin was defined with another copy of `@em-stellar/core` than this one. */
export function requireSameCore({ name, core = coreVersion }: Plugin): void {
  if (core === coreVersion) return;
  throw new InputError(
    `The plugin "${name}" uses @em-stellar/core ${core}, and this program uses ${coreVersion}: two copies are installed. "npm ls @em-stellar/core" shows which packages installed them. Update both to versions that fit: npm install ${name}@latest em-stellar@latest`,
  );
}
