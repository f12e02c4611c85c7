import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { AnyRegistry, Plugin } from "@em-stellar/core";
import { isInside } from "@em-stellar/runner/node";
import { noticeOfCode } from "./code-notice.js";
import { importPlugins, registryWith } from "./plugins.js";
import { builtins } from "./registry.js";
import { loadSuite } from "./suite-file.js";
import type { Terminal } from "./terminal/terminal.js";

/**
 * The built-in components, those of plugins that are named from the current folder, and those of the runs that some folders
 * lie in, as their suites name them. A run whose plugins cannot be loaded is told of, and goes without them.
 */
export async function registryForRuns(
  folders: readonly string[],
  names: readonly string[],
  terminal: Pick<Terminal, "print">,
): Promise<AnyRegistry> {
  const named = await importPlugins(names, (file) => noticeOfCode(file, terminal));
  const runs = [...new Set(folders.flatMap((folder) => runAround(resolve(folder)) ?? []))];
  const recorded: Plugin[] = [];
  for (const run of runs) recorded.push(...(await pluginsOfRun(run, [...named, ...recorded], terminal)));
  return registryWith([...named, ...recorded]);
}

/** The folder, or one above it, that holds a planned run: a checkpoint lies six folders below. */
function runAround(folder: string): string | undefined {
  for (let place = folder, i = 0; i < 8; place = dirname(place), i++) {
    if (existsSync(join(place, "plan.json")) && existsSync(join(place, "manifest.json"))) return place;
  }
  return undefined;
}

/** The plugins of a run beside those that are loaded; reads its suite only where there are any. */
async function pluginsOfRun(
  run: string,
  loaded: readonly Plugin[],
  terminal: Pick<Terminal, "print">,
): Promise<Plugin[]> {
  const isKnown = (name: string) => [...builtins.plugins, ...loaded].some((plugin) => plugin.name === name);
  const missing = listed(readJson(join(run, "manifest.json"))?.plugins).filter((name) => !isKnown(name));
  if (missing.length === 0) return [];
  const lost = (reason: string) => {
    const plugins = `plugin${missing.length === 1 ? "" : "s"} ${missing.join(", ")}`;
    terminal.print(
      `! The ${plugins} of the run in ${run} could not be loaded: ${reason} Name them in the option \`plugin\`.`,
    );
    return [];
  };
  const suite = suiteOf(readJson(join(run, "plan.json")));
  if (suite === undefined || !existsSync(suite)) return lost(`${suite ?? "its suite"} is gone.`);
  // A run folder holds no code. One that brings some may come from anybody.
  if (isInside(suite, run)) return lost(`its suite ${suite} lies inside the run, from where no code is loaded.`);
  try {
    const { registry } = await loadSuite(suite, (file) => noticeOfCode(file, terminal));
    return registry.plugins.filter(({ name }) => missing.includes(name));
  } catch (error) {
    return lost(error instanceof Error ? error.message : String(error));
  }
}

function readJson(file: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const json: unknown = JSON.parse(readFileSync(file, "utf8"));
    return typeof json === "object" && json !== null ? { ...json } : undefined;
  } catch {
    return undefined; // whoever needs the file itself says what is wrong with it
  }
}

/** The names in a manifest's list of plugins. */
function listed(plugins: unknown): string[] {
  if (!Array.isArray(plugins)) return [];
  return plugins.flatMap((plugin: unknown) =>
    typeof plugin === "object" && plugin !== null && "name" in plugin && typeof plugin.name === "string"
      ? [plugin.name]
      : [],
  );
}

/** The file of the suite that a plan was made of. */
function suiteOf(plan: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const opening = plan?.opening;
  return typeof opening === "object" && opening !== null && "suite" in opening && typeof opening.suite === "string"
    ? opening.suite
    : undefined;
}
