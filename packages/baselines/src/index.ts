export { constant } from "./constant.js";
export { otsu } from "./otsu.js";
export { plugin as default } from "./plugin.js";
export { type SmoothedThresholdOptions, smoothedThreshold } from "./smoothed-threshold.js";
