export { auto } from "./auto.js";
export { folderReader, folderStore } from "./folder-store.js";
export { plugin as default } from "./plugin.js";
export { type ProcessesOptions, processes } from "./processes.js";
export { serveJobs } from "./serve-jobs.js";
