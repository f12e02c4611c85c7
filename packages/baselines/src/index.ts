export { constant } from "./constant.js";
export { nearestSlice } from "./nearest-slice.js";
export { type ObjectClassifierOptions, objectClassifier } from "./object-classifier.js";
export { otsu } from "./otsu.js";
export { type PixelClassifierOptions, pixelClassifier } from "./pixel-classifier.js";
export { plugin as default } from "./plugin.js";
export { type SmoothedThresholdOptions, smoothedThreshold } from "./smoothed-threshold.js";
