export { auto } from "./auto.js";
export { correlateModels, type FeaturesContext, type FeaturesOptions } from "./features/correlate-models.js";
export type { FeaturesEvent, FeaturesProgress } from "./features/events.js";
export { folderReader, folderStore } from "./folder-store.js";
export { plugin as default } from "./plugin.js";
export type { PredictionEvent, PredictionProgress } from "./prediction/events.js";
export { type FilePredictionContext, type FilePredictionOptions, predictFiles } from "./prediction/predict-files.js";
export { type ProcessesOptions, processes } from "./processes.js";
export { serveJobs } from "./serve-jobs.js";
