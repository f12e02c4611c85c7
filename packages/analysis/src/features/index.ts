export type { ContactSheet } from "./contact-sheet.js";
export { correlateFeatures, type FeatureCorrelation } from "./correlate-features.js";
export { type FeatureOptions, type FeatureProgress, featureDefaults } from "./options.js";
export { commonGrid, correlationWork, type NetworkImage } from "./plan.js";
export type { GridSize } from "./resample.js";
