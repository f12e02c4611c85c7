import { serveJobs } from "@em-stellar/runner/node";
import { openRunFolder } from "./open-run-folder.js";

// Started by the executor "processes", which gives the run folder and then sends job after job.
await serveJobs((signal) => openRunFolder(process.argv[2] as string, signal)); // doorOf gives the folder
