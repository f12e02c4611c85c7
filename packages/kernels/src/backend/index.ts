export { activate, deactivate } from "./activate.js";
export { type AutoOptions, defineAuto } from "./auto.js";
export { BackendUnavailableError, reasonOf } from "./backend-unavailable-error.js";
export { importInNode } from "./import-in-node.js";
export { importPackage } from "./import-package.js";
export { installKernels } from "./install-kernels.js";
export { type NodeProcess, nodeProcess } from "./node-process.js";
export { shareDevice } from "./share-device.js";
export { trackPeakBytes } from "./track-peak-bytes.js";
