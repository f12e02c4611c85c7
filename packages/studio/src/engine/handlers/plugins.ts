import { InputError, type Plugin } from "@em-stellar/core";
import { dropPlugin, type KeptPlugin, keepPlugin, keptPlugins, pluginFile } from "../../project/kept-plugins.js";
import { openedProject } from "../opened.js";
import { registry } from "../registry.js";
import type { PluginRequests, PluginView } from "../requests/plugins.js";
import { runPlugin } from "../run-plugin.js";
import { setUserPlugins } from "../user-plugins.js";

/** The plugins that run, and why others do not, by their files in the project. */
const running = new Map<string, Plugin>();
const failures = new Map<string, string>();

let started: Promise<void> | undefined;

/** Runs, at the first call, the plugins of the project that the user has agreed to. One that fails is listed as such. */
export function startPlugins(): Promise<void> {
  started ??= startTrusted();
  return started;
}

async function startTrusted(): Promise<void> {
  for (const { file, code, isTrusted } of await kept()) {
    if (isTrusted)
      await start(file, code).catch((error: unknown) => {
        failures.set(file, error instanceof Error ? error.message : String(error));
      });
  }
}

/** Lets go of the plugins of a project that is gone. */
export function forgetPlugins(): void {
  started = undefined;
  running.clear();
  failures.clear();
  setUserPlugins([]);
}

export async function loadPlugin({ name, code }: PluginRequests["load-plugin"]["asked"]): Promise<PluginView[]> {
  const file = pluginFile(name);
  await startAndKeep(file, code);
  return listPlugins();
}

export async function trustPlugin(file: string): Promise<PluginView[]> {
  const { code } = await keptOf(file);
  await startAndKeep(file, code);
  return listPlugins();
}

export async function removePlugin(file: string): Promise<PluginView[]> {
  await dropPlugin((await openedProject()).storage.store, file);
  running.delete(file);
  failures.delete(file);
  setUserPlugins([...running.values()]);
  return listPlugins();
}

export async function pluginCode(file: string): Promise<string> {
  return (await keptOf(file)).code;
}

export async function listPlugins(): Promise<PluginView[]> {
  return (await kept()).map(({ file }) => {
    const plugin = running.get(file);
    if (plugin) {
      const components = plugin.components.map(({ kind, id }) => `${kind} ${id}`);
      return { file, state: "running", name: `${plugin.name} ${plugin.version}`, components };
    }
    const problem = failures.get(file);
    return problem === undefined ? { file, state: "waiting" } : { file, state: "failed", problem };
  });
}

/** Runs a plugin and keeps it; one of the same name leaves the project for it. */
async function startAndKeep(file: string, code: string): Promise<void> {
  const before = [...running.keys()];
  await start(file, code);
  const { store } = (await openedProject()).storage;
  for (const each of before) if (!running.has(each)) await dropPlugin(store, each);
  await keepPlugin(store, file, code);
}

/** Runs a plugin. It takes the place of one of the same name, and of the one that was in its file. */
async function start(file: string, code: string): Promise<void> {
  const plugin = await runPlugin(file, code);
  const before = new Map(running);
  for (const [other, { name }] of before) if (name === plugin.name) running.delete(other);
  running.set(file, plugin);
  setUserPlugins([...running.values()]);
  try {
    registry(); // refuses components that are there already
  } catch (error) {
    running.clear();
    for (const [each, of] of before) running.set(each, of);
    setUserPlugins([...running.values()]);
    throw error;
  }
  failures.delete(file);
}

async function kept(): Promise<KeptPlugin[]> {
  return keptPlugins((await openedProject()).storage.store);
}

async function keptOf(file: string): Promise<KeptPlugin> {
  const found = (await kept()).find((each) => each.file === file);
  if (!found) throw new InputError(`There is no plugin ${file} in this project any more.`);
  return found;
}
