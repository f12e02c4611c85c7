export { type AdamOptions, adam } from "./adam.js";
export type { AdaptiveOptions } from "./adaptive-optimizer.js";
export { plugin as default } from "./plugin.js";
export { type RadamOptions, radam } from "./radam.js";
export { learningRateAt, type ScheduleOptions } from "./schedule.js";
export { type SgdOptions, sgd } from "./sgd.js";
export { SteppedOptimizer, type UpdateRule } from "./stepped-optimizer.js";
