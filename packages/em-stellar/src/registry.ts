import baselines from "@em-stellar/baselines";
import { createRegistry } from "@em-stellar/core";
import data from "@em-stellar/data";
import dataNode from "@em-stellar/data/node";
import ensemble from "@em-stellar/ensemble";
import { autoAmong } from "@em-stellar/kernels/backend";
import losses from "@em-stellar/losses";
import metrics from "@em-stellar/metrics";
import classics from "@em-stellar/nets-classic";
import emnets from "@em-stellar/nets-emnet";
import unets from "@em-stellar/nets-unet";
import optimizers from "@em-stellar/optimizers";
import executors from "@em-stellar/runner/node";
import { backendPlugins } from "./backend-plugins.js";

/** The built-in plugins, without `auto`, which chooses from the backends of all plugins that there are. */
export const builtinPlugins = [
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
  executors,
  ...backendPlugins,
] as const;

/** Every built-in component, by kind and id. */
export const builtins = createRegistry(...builtinPlugins, autoAmong(...builtinPlugins));

/** The built-in backend that starts and is preferred: `cuda`, `webgpu` on a GPU, `tensorflow`, `wasm`, in this order. */
export const auto = builtins.get("backend", "auto");
