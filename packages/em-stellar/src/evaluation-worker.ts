import { serveTasks } from "@em-stellar/evaluation/node";
import { metricTools } from "./metric-tools.js";

// The command names the plugins in the address of this module.
serveTasks(await metricTools(new URL(import.meta.url).searchParams.getAll("plugin")));
