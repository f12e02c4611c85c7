export { cuda } from "./cuda.js";
export { listNvidiaGpus, type NvidiaGpu } from "./nvidia-gpus.js";
export { plugin as default, plugin } from "./plugin.js";
export { tensorflow } from "./tensorflow.js";
export { environmentOfWorker, type VisibleGpu, visibleGpus } from "./visible-gpus.js";
