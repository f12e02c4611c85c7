import type { Exchange } from "../exchange.js";

/** A plugin of the project. */
export interface PluginView {
  /** Its file in the project. */
  readonly file: string;
  /** `waiting`: it came with a project file, and the user has not agreed to run it. */
  readonly state: "running" | "waiting" | "failed";
  /** Once it runs: `my-lab 1.0.0`. */
  readonly name?: string;
  /** What it brings, once it runs: `network my-net`. */
  readonly components?: readonly string[];
  /** Why it does not run. */
  readonly problem?: string;
}

export interface PluginRequests {
  /** Runs a JavaScript module that exports a plugin, and keeps it with the project. The user has agreed to that. */
  readonly "load-plugin": Exchange<{ readonly name: string; readonly code: string }, readonly PluginView[]>;
  /** Runs a plugin that came with the project. The user has agreed to that. */
  readonly "trust-plugin": Exchange<string, readonly PluginView[]>;
  /** Takes a plugin out of the project, by its file. */
  readonly "remove-plugin": Exchange<string, readonly PluginView[]>;
  readonly "plugin-code": Exchange<string, string>;
  readonly "list-plugins": Exchange<null, readonly PluginView[]>;
}
