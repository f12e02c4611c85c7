import { serveTasks } from "@em-stellar/evaluation/node";
import { metricTools } from "./metric-tools.js";

serveTasks(metricTools);
