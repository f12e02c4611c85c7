import type { Exchange } from "../exchange.js";

/** A plugin that the user loaded. */
export interface LoadedPlugin {
  readonly name: string;
  readonly version: string;
  /** What it brings: `network my-net`. */
  readonly components: readonly string[];
}

export interface PluginRequests {
  /** Runs a JavaScript module that exports a plugin, and takes its components in until the page is closed. */
  readonly "load-plugin": Exchange<{ readonly name: string; readonly code: string }, LoadedPlugin>;
  readonly "list-plugins": Exchange<null, readonly LoadedPlugin[]>;
}
