import { workerData } from "node:worker_threads";
import { serveTasks } from "@em-stellar/evaluation/node";
import { metricTools } from "./metric-tools.js";

// The command hands over the names of its plugins.
const plugins: readonly string[] = workerData;
serveTasks(await metricTools(plugins));
