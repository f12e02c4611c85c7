import cpu from "@em-stellar/backend-cpu";
import tensorflow from "@em-stellar/backend-tensorflow";
import wasm from "@em-stellar/backend-wasm";
import webgpu from "@em-stellar/backend-webgpu";
import baselines from "@em-stellar/baselines";
import { createRegistry, definePlugin } from "@em-stellar/core";
import data from "@em-stellar/data";
import dataNode from "@em-stellar/data/node";
import ensemble from "@em-stellar/ensemble";
import losses from "@em-stellar/losses";
import metrics from "@em-stellar/metrics";
import classics from "@em-stellar/nets-classic";
import emnets from "@em-stellar/nets-emnet";
import unets from "@em-stellar/nets-unet";
import optimizers from "@em-stellar/optimizers";
import { auto } from "./auto.js";
import { version } from "./environment.js";

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
  tensorflow,
  webgpu,
  wasm,
  cpu,
  definePlugin({ name: "em-stellar", version: version(), components: [auto] }),
);
