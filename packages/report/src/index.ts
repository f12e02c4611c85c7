export type { CitationLookup } from "./citation.js";
export type { ComparedMethod } from "./comparison/compared-method.js";
export { type MethodComparison, renderComparison } from "./comparison/render-comparison.js";
export { picturedImages, renderEvaluation } from "./evaluation/render-evaluation.js";
export { featuresSentence } from "./features/features-answer.js";
export { type FeaturesPageOptions, renderFeatures } from "./features/render-features.js";
export type { Palette } from "./overlay.js";
export { type ReportOptions, type ReportParts, renderReport, reportParts } from "./report.js";
