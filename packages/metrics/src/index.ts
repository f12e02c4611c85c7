export { adaptedRandError } from "./adapted-rand-error.js";
export { averageSurfaceDistance } from "./average-surface-distance.js";
export { balancedAccuracy } from "./balanced-accuracy.js";
export { type BinaryMasks, binaryMasks } from "./binary-masks.js";
export { type BoundaryF1Options, boundaryF1 } from "./boundary-f1.js";
export { type Confusion, confusion } from "./confusion.js";
export { connectedComponents, type LabelMap } from "./connected-components.js";
export type { Connectivity, ConnectivityOptions } from "./connectivity.js";
export { type Contingency, contingency } from "./contingency.js";
export { hausdorff95 } from "./hausdorff-95.js";
export { mcc } from "./mcc.js";
export { type MeasuredObject, type MeasuredObjects, measureObjects, type ObjectMeter } from "./measure-objects.js";
export type { ObjectCounts, ObjectMatchingOptions } from "./object-matching.js";
export { ap50, ap75, objectF1 } from "./object-metrics.js";
export { objectOverlaps } from "./object-overlaps.js";
export { pixelError } from "./pixel-error.js";
export {
  accuracy,
  dice,
  f1,
  jaccard,
  npv,
  type PixelMetricOptions,
  ppv,
  sensitivity,
  specificity,
} from "./pixel-metrics.js";
export { plugin as default } from "./plugin.js";
export { aucRoc, averagePrecision } from "./ranking-metrics.js";
export { objectThresholds, type RegionOverlap, regionOverlaps } from "./region-overlap.js";
export { mergeScoreCounts, type ScoreCounts, scoreCounts, scoreCountsMerger } from "./score-counts.js";
export { type SplitMergeOptions, vInfo, vRand } from "./split-merge-scores.js";
export { type SurfaceDistances, surfaceDistances } from "./surface-distances.js";
export type { SurfaceMetricOptions } from "./surface-metric.js";
export {
  type PrecisionRecallCurve,
  precisionRecallCurve,
  type RocCurve,
  rocCurve,
  thresholdSweep,
} from "./threshold-curves.js";
export { voiMerge, voiSplit } from "./variation-of-information.js";
export { volumeError } from "./volume-error.js";
export { watershed } from "./watershed.js";
