import baselines from "@em-stellar/baselines";
import { type AnyRegistry, createRegistry, definePlugin, type Plugin } from "@em-stellar/core";
import data, { type ImageFiles, imageFolderOf, imageStackOf } from "@em-stellar/data";
import ensemble from "@em-stellar/ensemble";
import losses from "@em-stellar/losses";
import metrics from "@em-stellar/metrics";
import classics from "@em-stellar/nets-classic";
import emnets from "@em-stellar/nets-emnet";
import unets from "@em-stellar/nets-unet";
import optimizers from "@em-stellar/optimizers";
import { userPlugins } from "./user-plugins.js";

const builtin: readonly Plugin[] = [unets, emnets, classics, losses, optimizers, metrics, ensemble, baselines, data];
let made: { readonly of: readonly Plugin[]; readonly registry: AnyRegistry } | undefined;

/** Every component that works in a page, and those of the plugins that the user has loaded; one that has the name of a built-in takes its place. */
export function registry(): AnyRegistry {
  const own = userPlugins();
  if (made?.of !== own) made = { of: own, registry: createRegistry(...withOwn(own)) };
  return made.registry;
}

/** The same, with data sources that read these files. */
export function registryOf(files: ImageFiles): AnyRegistry {
  const ofPage = definePlugin({
    name: "@em-stellar/studio",
    version: "0.1.0",
    components: [imageFolderOf(files), imageStackOf(files)],
  });
  return createRegistry(...withOwn(userPlugins()), ofPage);
}

function withOwn(own: readonly Plugin[]): Plugin[] {
  const names = own.map(({ name }) => name);
  return [...builtin.filter(({ name }) => !names.includes(name)), ...own];
}
