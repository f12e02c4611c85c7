import { type AnyRegistry, createRegistry } from "@em-stellar/core";
import { autoAmong } from "@em-stellar/kernels/backend";
import { backendPlugins } from "../backend-plugins.js";

/** The backends that there are: the built-in ones alone, unless plugins are named, since all plugins take longer to load than most backends to start. */
export async function backendsWith(plugins: readonly string[]): Promise<AnyRegistry> {
  if (plugins.length === 0) return createRegistry(...backendPlugins, autoAmong(...backendPlugins));
  const { registryOf } = await import("../plugins.js");
  return registryOf(plugins);
}
