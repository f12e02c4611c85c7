export { type Confusion, confusion } from "./confusion.js";
export {
  accuracy,
  f1,
  jaccard,
  npv,
  type PixelMetricOptions,
  ppv,
  sensitivity,
  specificity,
} from "./pixel-metrics.js";
export { plugin as default } from "./plugin.js";
