import { definePlugin } from "@em-stellar/core";
import { inProcess } from "../in-process.js";
import { auto } from "./auto.js";
import { hyperqueue } from "./hyperqueue.js";
import { processes } from "./processes.js";
import { slurm } from "./slurm.js";

/** Every executor of this package. */
export const plugin = definePlugin({
  name: "@em-stellar/runner/node",
  version: "0.1.0",
  components: [auto, hyperqueue, inProcess, processes, slurm],
});
