import { serveJobs } from "@em-stellar/runner/node";
import { openRunFolder } from "./open-run-folder.js";

// Started by the executor "processes", which gives the run folder and then sends job after job.
await serveJobs(() => openRunFolder(process.argv[2] as string)); // doorOf gives it
