import backends from "@em-stellar/backends";
import baselines from "@em-stellar/baselines";
import { createRegistry } from "@em-stellar/core";
import data from "@em-stellar/data";
import dataNode from "@em-stellar/data/node";
import ensemble from "@em-stellar/ensemble";
import losses from "@em-stellar/losses";
import metrics from "@em-stellar/metrics";
import classics from "@em-stellar/nets-classic";
import emnets from "@em-stellar/nets-emnet";
import unets from "@em-stellar/nets-unet";
import optimizers from "@em-stellar/optimizers";

/** Every built-in component, by kind and id. */
export const builtins = createRegistry(
  unets,
  emnets,
  classics,
  losses,
  optimizers,
  metrics,
  ensemble,
  baselines,
  data,
  dataNode,
  backends,
);
