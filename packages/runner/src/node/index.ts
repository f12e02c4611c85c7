export { folderReader, folderStore } from "./folder-store.js";
export { type ProcessExecutorOptions, processExecutor, serveJobs } from "./process-executor.js";
