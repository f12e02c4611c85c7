import baselines from "@em-stellar/baselines";
import { type AnyRegistry, createRegistry, type Plugin } from "@em-stellar/core";
import data from "@em-stellar/data";
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
  if (made?.of !== own) {
    const names = own.map(({ name }) => name);
    made = { of: own, registry: createRegistry(...builtin.filter(({ name }) => !names.includes(name)), ...own) };
  }
  return made.registry;
}
